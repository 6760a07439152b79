/**
 * Node requires ES modules as such since 20.19, Jest not before Node 24.9: what `@fastify/static` needs of this kind is loaded
 * by Node itself.
 */
const { createRequire } = process.getBuiltinModule('node:module');

module.exports = createRequire(__filename)('content-disposition');
