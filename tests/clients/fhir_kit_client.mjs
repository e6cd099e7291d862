// `fhir-kit-client` (Vermonster) speaks to the server.
import { Client } from 'fhir-kit-client';
import { given, refusal, tell } from './telling.mjs';

const client = new Client({ baseUrl: given.base, bearerToken: given.token });
const create = (body, headers = {}) => client.create({ resourceType: body.resourceType, body, options: { headers } });
const statusAndOutcome = ({ response }) => ({ status: response.status, outcome: response.data });
const ids = (bundle) => (bundle.entry ?? []).map((entry) => entry.resource.id);
const headersOf = (result) => Object.fromEntries(Client.httpFor(result).response.headers);

async function pagesOf(bundle) {
  const pages = [];
  for (let page = bundle; page; page = await client.nextPage({ bundle: page })) pages.push(ids(page));
  return pages;
}

await tell({
  async capabilities() {
    const { fhirVersion, rest } = await client.capabilityStatement();
    return { fhirVersion, types: rest[0].resource.length };
  },

  async crud() {
    const made = await create(given.temperatures[0]);
    const named = { resourceType: 'Observation', id: made.id };
    const read = await client.read(named);
    const body = { ...read, status: 'amended' };
    const updated = await client.update({ ...named, body, options: { headers: { 'If-Match': 'W/"1"' } } });
    const late = await refusal(
      () => client.update({ ...named, body, options: { headers: { 'If-Match': 'W/"1"' } } }),
      statusAndOutcome,
    );
    const jsonPatch = [{ op: 'replace', path: '/status', value: 'corrected' }];
    const patched = await client.patch({ ...named, jsonPatch });
    const first = await client.vread({ ...named, version: '1' });
    const history = await client.history(named);
    await client.delete(named);
    const gone = await refusal(() => client.read(named), statusAndOutcome);
    return { made, location: headersOf(made).location, read, updated, late, patched, first, history, gone };
  },

  async searching() {
    const made = [];
    for (const each of given.temperatures) made.push((await create(each)).id);
    const searchParams = { patient: given.patient, date: ['ge2026-03-11', 'lt2026-03-16'], _sort: 'date', _count: 2 };
    const first = await client.search({ resourceType: 'Observation', searchParams });
    const posted = await client.search({ resourceType: 'Observation', searchParams, options: { postSearch: true } });
    return { made, pages: await pagesOf(first), posted: await pagesOf(posted) };
  },

  async transaction() {
    const answer = await client.transaction({ body: given.admission });
    const [encounter, observation] = answer.entry.map((entry) => entry.response.location.split('/').slice(0, 2));
    const read = await client.read({ resourceType: 'Observation', id: observation[1] });
    const resolved = await client.resolve({ reference: read.encounter.reference, context: read });
    return { type: answer.type, encounter: encounter.join('/'), refersTo: read.encounter.reference, resolved };
  },

  async batch() {
    const entry = ['Patient', 'Encounter'].map((kind) => ({ request: { method: 'GET', url: `${kind}/${given.patient}` } }));
    const answer = await client.batch({ body: { resourceType: 'Bundle', type: 'batch', entry } });
    return answer.entry.map(({ response }) => response.status);
  },

  async conditions() {
    const [one, other] = given.practitioners;
    const { system, value } = one.identifier[0];
    const condition = `identifier=${system}|${value}`;
    const created = await create(one, { 'If-None-Exist': condition });
    const found = await create(one, { 'If-None-Exist': condition });
    const searchParams = { identifier: `${system}|${value}` };
    const updated = await client.update({ resourceType: 'Practitioner', searchParams, body: other });
    return { created, found, updated };
  },

  async operations() {
    const input = { ...given.temperatures[0], status: 'ready' };
    return client.operation({ name: 'validate', resourceType: 'Observation', input });
  },

  async faults() {
    const nobody = new Client({ baseUrl: given.base, bearerToken: "nobody's" });
    const patient = { resourceType: 'Patient', id: given.patient };
    return {
      wrong: await refusal(() => create({ ...given.temperatures[0], status: 'ready' }), statusAndOutcome),
      missing: await refusal(() => client.read({ ...patient, id: crypto.randomUUID() }), statusAndOutcome),
      unknown: await refusal(() => nobody.read(patient), statusAndOutcome),
    };
  },
});
