import Glibc

/// The bytes of a file, piece by piece.
final class FileChunks {
  private static let size = 1 << 18

  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path, errno: errno) }
  }

  deinit { close(descriptor) }

  /// The next bytes; `nil` at the end.
  func next() throws(FileError) -> [UInt8]? {
    var outcome = 0
    var code: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, count in
      repeat {
        outcome = read(descriptor, buffer.baseAddress, Self.size)
        code = errno
      } while outcome < 0 && code == EINTR
      count = max(0, outcome)
    }
    guard outcome >= 0 else { throw FileError(path, errno: code) }
    return chunk.isEmpty ? nil : chunk
  }

  /// Goes on at another place.
  /// - Parameter offset: bytes from the start.
  func seek(to offset: Int) throws(FileError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw FileError(path, errno: errno)
    }
  }

  /// All bytes of a file.
  /// - Parameter limit: the most bytes that it may have.
  static func contents(of path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
    let chunks = try FileChunks(path)
    var contents: [UInt8] = []
    while let chunk = try chunks.next() {
      contents += chunk
      guard contents.count <= limit else {
        throw FileError(path, "longer than \(limit) bytes, which is the limit")
      }
    }
    return contents
  }

  /// A file's length in bytes.
  static func size(of path: String) throws(FileError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(path, errno: errno) }
    return Int(status.st_size)
  }
}
