import ServerApp
import Testing

@Suite struct DatabaseURLTests {
  private static let environment = ["HOME": "/home/ann"]

  @Test(arguments: [
    ("sqlite:leads.sqlite", "leads.sqlite"), ("sqlite:/data/l.sqlite", "/data/l.sqlite"),
    ("sqlite:///data/l.sqlite", "/data/l.sqlite"), ("sqlite:~/q", "/home/ann/q"),
    ("sqlite:./:memory:", "./:memory:"),
  ])
  func aPathIsTaken(_ url: String, _ path: String) throws {
    #expect(try DatabaseURL.path(url, environment: Self.environment) == path)
  }

  @Test(arguments: [
    ("postgres://x", "sqlite:PATH"), ("", "sqlite:PATH"), ("sqlite:", "of a file"),
    ("sqlite:folder/", "of a file"), ("sqlite:a\0b", "of a file"),
    ("sqlite::memory:", "in memory would be lost"), ("sqlite://:memory:", "in memory"),
    ("sqlite:file:x?mode=memory", "plain path"), ("sqlite:~bob/q", "your own home"),
    ("sqlite:~", "your own home"),
  ])
  func anythingElseIsRefusedWithTheReason(_ url: String, _ accepted: String) {
    let error = #expect(throws: DatabaseURL.Refused.self) {
      try DatabaseURL.path(url, environment: Self.environment)
    }
    #expect(error?.accepted.contains(accepted) == true, "\(error?.accepted ?? "")")
  }
}
