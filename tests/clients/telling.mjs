// What the scripts share: each is told what the test knows, does its acts one after another, and tells what became of each.
import { text } from 'node:stream/consumers';

/** What the test wrote on standard input. */
export const given = JSON.parse(await text(process.stdin));

/** Run acts by name, in order; the result of each, or what it failed with, goes to standard output as one JSON object. */
export async function tell(acts) {
  const told = {};
  for (const [name, act] of Object.entries(acts)) {
    told[name] = await act().catch((error) => ({ failed: String(error.stack) }));
  }
  process.stdout.write(JSON.stringify(told));
}

/** What a call is refused with, as `read` finds it in the error. */
export async function refusal(call, read) {
  try {
    await call();
  } catch (error) {
    return read(error);
  }
  return 'nothing was refused';
}
