/** A body as it is read: a `ReadableStream` is one, and Node's messages are made one with less. */
export interface Body {
	getReader(): BodyReader;
}

export interface BodyReader {
	read(): Promise<
		| { readonly done: false; readonly value: Uint8Array }
		| { readonly done: true; readonly value?: Uint8Array | undefined }
	>;
	/** Nothing more is wanted. */
	cancel(): Promise<void>;
}
