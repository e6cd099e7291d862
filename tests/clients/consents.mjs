// `fhir-kit-client` (Vermonster) reads and states Consents at the registry.
import { Client } from 'fhir-kit-client';
import { given, refusal, tell } from './telling.mjs';

const client = new Client({ baseUrl: given.base, bearerToken: given.token });
const seen = (version) => ({ headers: { 'If-Match': `W/"${version}"` } });

await tell({
  async consents() {
    const { instantiates } = await client.capabilityStatement();
    const made = await client.create({ resourceType: 'Consent', body: given.consent });
    const named = { resourceType: 'Consent', id: made.id };
    const read = await client.read(named);
    const body = { ...read, status: 'inactive' };
    const withdrawn = await client.update({ ...named, body, options: seen(1) });
    const late = await refusal(
      () => client.update({ ...named, body, options: seen(1) }),
      ({ response }) => response.status,
    );
    const first = await client.vread({ ...named, version: '1' });
    const history = await client.history(named);
    const found = await client.search({ resourceType: 'Consent', searchParams: { status: 'inactive' } });
    return { instantiates, made, read, withdrawn, late, first, history: history.total, found: found.total };
  },
});
