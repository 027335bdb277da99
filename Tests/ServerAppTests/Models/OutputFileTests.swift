import Foundation
import ServerApp
import Testing

@Suite struct OutputFileTests {
  @Test(arguments: ["out.csv", String(repeating: "\u{E9}", count: 125)])
  func whatIsThereIsReplacedWithItsPermissions(_ name: String) async throws {
    try await ModelFolder.with { folder in
      let path = try folder.write(name, "old")
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      let file = try OutputFile(path)
      try file.write(Array("new".utf8))
      #expect(try folder.text(name) == "old")
      try file.keep()
      #expect(try folder.text(name) == "new")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o640)
      #expect(try folder.names == [name])
    }
  }
}
