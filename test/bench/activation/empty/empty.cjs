// What an extension costs that does nothing.
exports.activate = () => undefined;
