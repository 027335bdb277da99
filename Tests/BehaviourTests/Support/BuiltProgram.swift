import Foundation

/// Programs of this package, as they were built beside the tests.
enum BuiltProgram {
  static let conformanceServer = path(of: "conformance-server")

  private static func path(of name: String) -> String {
    // The bundle may be a folder or a file within the folder of the programs.
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent(name).path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return name
  }
}
