// A real OpenID provider on loopback, with people made up for the tests.
//
//   node provider.mjs NODE_MODULES '{"clients": [...], "people": {"login": {claims}}, "launches": {"launch": "patient"}}'
//
// Prints {"issuer": ...} when it listens, and ends when its standard input does. Whoever gives a login is let in. A
// code that was asked for with `launch` gives tokens with the `patient` of that launch, as a SMART server does.

import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, told] = process.argv.slice(2);
const { clients, people, launches } = JSON.parse(told);
const { Provider } = await import(pathToFileURL(join(modules, "oidc-provider", "lib", "index.js")));

const read = ["Patient", "Observation", "MedicationAdministration", "Medication", "QuestionnaireResponse", "Procedure", "Condition"];
const patientScopes = read.flatMap((kind) => [`patient/${kind}.read`, `patient/${kind}.rs`]);
const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients,
  scopes: ["openid", "launch", "fhirUser", ...patientScopes],
  claims: { openid: ["sub", "fhirUser"], profile: ["name", "preferred_username"], email: ["email"] },
  extraParams: ["launch", "aud"],
  cookies: { keys: ["for tests only"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});

const patientOf = new Map();
provider.on("authorization.success", (ctx, out) => patientOf.set(out.code, launches[ctx.oidc.params.launch]));
provider.use(async (ctx, next) => {
  await next();
  const patient = ctx.oidc?.route === "token" && ctx.status === 200 && patientOf.get(ctx.oidc.params.code);
  if (patient) ctx.body = { ...ctx.body, patient };
});

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "consent") {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const grantId = await grant.save();
    return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
  }
  if (request.method !== "POST") {
    response.setHeader("content-type", "text/html");
    return response.end('<form method="post"><input name="login"><button>Sign in</button></form>');
  }
  let body = "";
  for await (const part of request) body += part;
  const login = new URLSearchParams(body).get("login");
  const answer = login ? { login: { accountId: login } } : { error: "access_denied" };
  return provider.interactionFinished(request, response, answer, { mergeWithLastSubmission: false });
}

const others = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return others(request, response);
  return interact(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
process.stdin.resume().on("end", () => process.exit(0));
console.log(JSON.stringify({ issuer }));
