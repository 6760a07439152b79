/** Format of a UUID. Version and variant bits are not checked; test ids often lack them. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
