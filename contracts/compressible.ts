/** Marks an argument whose payload is compressed, because it is large and has no reader in the Web UI. */
export interface Compressible<T> {
  compressible: T;
}

/** JSON text; deflated (RFC 1951) once the worker's codec has had it. */
export const COMPRESSIBLE_ENCODING = 'json/deflate';
