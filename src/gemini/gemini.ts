/** The face of the only room that knows the SDK. */
export * from './prompt';
