// `@medplum/core` (Medplum) speaks to the server, with the token that it fetches itself.
import { MedplumClient } from '@medplum/core';
import { given, refusal, tell } from './telling.mjs';

const at = new URL(given.base);
const medplum = new MedplumClient({
  baseUrl: at.origin,
  fhirUrlPath: at.pathname,
  tokenUrl: given.token_address,
});
const outcome = (error) => error.outcome;
const ids = (resources) => resources.map((each) => each.id);

await tell({
  async login() {
    await medplum.startClientLogin(given.client_id, given.secret);
    return { hasToken: Boolean(medplum.getAccessToken()) };
  },

  async crud() {
    const made = await medplum.createResource(given.temperatures[0]);
    const read = await medplum.readResource('Observation', made.id);
    const updated = await medplum.updateResource({ ...read, status: 'amended' });
    const jsonPatch = [{ op: 'replace', path: '/status', value: 'corrected' }];
    const patched = await medplum.patchResource('Observation', made.id, jsonPatch);
    const first = await medplum.readVersion('Observation', made.id, '1');
    const history = await medplum.readHistory('Observation', made.id);
    await medplum.deleteResource('Observation', made.id);
    const gone = await refusal(() => medplum.readResource('Observation', made.id), outcome);
    return { made, read, updated, patched, first, history, gone };
  },

  async searching() {
    const made = [];
    for (const each of given.temperatures) made.push((await medplum.createResource(each)).id);
    const query = `patient=${given.patient}&date=ge2026-03-11&date=lt2026-03-16&_sort=date&_count=2`;
    const pages = [];
    for await (const page of medplum.searchResourcePages('Observation', query)) pages.push(ids(page));
    const last = await medplum.searchOne('Observation', `patient=${given.patient}&date=lt2026-03-16&_sort=-date`);
    return { made, pages, last };
  },

  async transaction() {
    const answer = await medplum.executeBatch(given.admission);
    const [encounter, observation] = answer.entry.map((entry) => entry.response.location.split('/').slice(0, 2));
    const read = await medplum.readResource('Observation', observation[1]);
    const resolved = await medplum.readReference(read.encounter);
    return { type: answer.type, encounter: encounter.join('/'), refersTo: read.encounter.reference, resolved };
  },

  async batch() {
    const entry = ['Patient', 'Encounter'].map((kind) => ({ request: { method: 'GET', url: `${kind}/${given.patient}` } }));
    const answer = await medplum.executeBatch({ resourceType: 'Bundle', type: 'batch', entry });
    return answer.entry.map(({ response }) => response.status);
  },

  async conditions() {
    const [one, other] = given.practitioners;
    const { system, value } = one.identifier[0];
    const condition = `identifier=${system}|${value}`;
    const created = await medplum.createResourceIfNoneExist(one, condition);
    const found = await medplum.createResourceIfNoneExist(one, condition);
    return { created, found, updated: await medplum.upsertResource(other, condition) };
  },

  async operations() {
    return medplum.validateResource({ ...given.temperatures[0], status: 'ready' });
  },

  async faults() {
    const { baseUrl, fhirUrlPath } = { baseUrl: at.origin, fhirUrlPath: at.pathname };
    const nobody = new MedplumClient({ baseUrl, fhirUrlPath, accessToken: "nobody's" });
    return {
      wrong: await refusal(() => medplum.createResource({ ...given.temperatures[0], status: 'ready' }), outcome),
      missing: await refusal(() => medplum.readResource('Patient', crypto.randomUUID()), outcome),
      unknown: await refusal(() => nobody.readResource('Patient', given.patient), outcome),
    };
  },
});
