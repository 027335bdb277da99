import ServerApp
import Testing

/// Where the gateway listens, as it is written.
@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1", 8080), ("8080", "127.0.0.1", 8080), ("[::1]:80", "::1", 80),
    ("localhost:0", "localhost", 0), ("0.0.0.0:65535", "0.0.0.0", 65_535),
  ])
  func read(_ text: String, _ host: String, _ port: Int) {
    let address = ListenAddress(text)
    #expect(address?.host == host && address?.port == port)
    #expect(address.map { ListenAddress($0.description) } == address)
  }

  @Test(arguments: [
    "", ":", ":80", "host", "host:", "host:65536", "host:-1", "host:+1", "::1:80", "[]:80",
    "host:8o",
  ])
  func refused(_ text: String) { #expect(ListenAddress(text) == nil) }
}
