/**
 * All of this folder that the first request of KMS does not need, in one file of the bundle: what it brings
 * along (request models, the core of the newer clients, zod) is most of what there is to load.
 */
export { createFcClient } from './fc-client.ts';
export { createInvoker } from './invoker.ts';
export * as secretAnswers from './secret-answers.ts';
export { createVpcClient } from './vpc-client.ts';
export { createVpnApi } from './vpn-api.ts';
