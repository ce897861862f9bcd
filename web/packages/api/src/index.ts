export * from './decimal';
export type { Endpoint } from './endpoint';
export * from './generated';
export type { QueryOf } from './operation';
export { ApiError, type Problem } from './problem';
export { actIn, exchange, send, type Exchange, type SendOptions } from './send';
