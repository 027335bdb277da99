import Foundation
package import Marketing

/// Writes the sample data set to files.
package enum SampleDatasetWriter {
  /// Writes all tables of a sample into a folder that exists.
  /// - Returns: how many rows there are in all, headers not counted.
  /// - Throws: what the file system says. Files that were begun stay.
  package static func write(
    to folder: String, seed: UInt64, leads: Int, now: Timestamp,
    onFile: (String) -> Void = { _ in }
  ) throws -> Int {
    var current: (name: String, handle: FileHandle)?
    defer { try? current?.handle.close() }
    return try SampleDataset.generate(seed: seed, leads: leads, now: now) { name, bytes in
      if current?.name != name {
        try current?.handle.close()
        onFile(name)
        let url = URL(fileURLWithPath: folder).appendingPathComponent(name)
        try Data().write(to: url)
        current = (name, try FileHandle(forWritingTo: url))
      }
      try current?.handle.write(contentsOf: bytes)
    }
  }
}
