export * from './accounts';
export * from './decimal';
export type { Endpoint } from './endpoint';
export type { ChurnKind, Reason } from './fields';
export * from './metrics';
export { ApiError, type Problem } from './problem';
export * from './save-list';
export { send, type SendOptions } from './send';
export * from './session';
