import Foundation
import Marketing
import ServerApp
import Testing

@Suite struct SampleDatasetWriterTests {
  @Test func aFullDiskIsNamed() async throws {
    try await ServerProcess.withFolder { folder in
      // Whatever is written to this device finds it full.
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/leads.csv", withDestinationPath: "/dev/full")
      let error = #expect(throws: FileError.self) {
        try SampleDatasetWriter.write(
          to: folder, seed: 1, leads: 5, now: Timestamp(milliseconds: 1_750_000_000_000))
      }
      #expect(error.map { "\($0)" } == "\(folder)/leads.csv: No space left on device")
    }
  }

  @Test func foldersAreMadeAndMustBeEmpty() async throws {
    try await ServerProcess.withFolder { folder in
      try SampleDatasetWriter.prepare("\(folder)/a//b/")
      try SampleDatasetWriter.prepare("\(folder)/a/b")
      #expect(throws: FileError.self) { try SampleDatasetWriter.prepare("\(folder)/a") }
      #expect(FileManager.default.createFile(atPath: "\(folder)/a/b/c", contents: nil))
      for path in ["\(folder)/a/b", "\(folder)/a/b/c", "\(folder)/a/b/c/d"] {
        #expect(throws: FileError.self) { try SampleDatasetWriter.prepare(path) }
      }
    }
  }
}
