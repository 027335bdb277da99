import COpenSSL

/// The library behind this module.
package enum SealingLibrary {
  /// Its name and version, for example `OpenSSL 3.0.19 27 Jan 2026`.
  package static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
