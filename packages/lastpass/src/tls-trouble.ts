/** Codes of a certificate that isn't trusted (node:tls, "X509 certificate error codes") and of a failed handshake. */
const trouble =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|ERR_SSL_WRONG_VERSION|ERR_SSL_.*HANDSHAKE_FAILURE|ERR_SSL_UNSUPPORTED_PROTOCOL|ERR_SSL_PACKET_LENGTH|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

/** Whether an error's code says that a server couldn't prove who it is, or speaks no TLS that we know. */
export const isTlsTrouble = (code: string): boolean => trouble.test(code);
