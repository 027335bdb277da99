import Foundation
import NIOSSL

/// Certificates that sign themselves, valid for a hundred years, with their keys. Made with
/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500`.
struct TestCertificate: Sendable {
  let certificate: String
  let key: String

  /// What a server with this certificate uses.
  func serverContext() throws -> NIOSSLContext {
    let certificate = try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem)
    let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
  }

  /// Runs `body` with the path of a file that holds the certificate.
  func withFile(_ body: (String) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("leadrelay-\(UUID().uuidString).pem")
    try Data(certificate.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(url.path)
  }

  /// For `localhost` and 127.0.0.1.
  static let localhost = TestCertificate(
    certificate: """
      -----BEGIN CERTIFICATE-----
      MIIBmzCCAUGgAwIBAgIUFFy1May5uStTRp6yB6ctB6OBshswCgYIKoZIzj0EAwIw
      FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjA0MzA0NVoYDzIxMjYxMTAy
      MDQzMDQ1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
      PQMBBwNCAATp00NTlij7z6N6NGidZQemtt3ci5d2c4c8VLJ76ATbVATNU0Pn/j6x
      e0zFcYiKlP7ov7gTREMpYb1F4Bga7xI8o28wbTAdBgNVHQ4EFgQUemNIQ4j3qR86
      dfIBmLq17amKwQ8wHwYDVR0jBBgwFoAUemNIQ4j3qR86dfIBmLq17amKwQ8wDwYD
      VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
      zj0EAwIDSAAwRQIgPBWAcgOBz6fcYUjZcANbuQ8HIs78QnqN3Eqt2QtuHoUCIQDl
      pQfoKEPTBX248/rnKea37h1Abhn7WnYdG3LP9iSVHQ==
      -----END CERTIFICATE-----
      """,
    key: """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFNCBO5gLUUwAmMaA
      yRynai3i9Jspe+pwrpApHnG65I6hRANCAATp00NTlij7z6N6NGidZQemtt3ci5d2
      c4c8VLJ76ATbVATNU0Pn/j6xe0zFcYiKlP7ov7gTREMpYb1F4Bga7xI8
      -----END PRIVATE KEY-----
      """)
}
