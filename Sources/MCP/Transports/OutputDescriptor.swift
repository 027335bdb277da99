import Glibc

/// A descriptor to write to that does not wait where that can be had. The non-blocking flag belongs to
/// the open file, which other processes may share, so it is never set on the descriptor that was given:
/// a pipe is opened a second time, a socket is told with each write, a file does not wait anyway.
struct OutputDescriptor: Sendable {
  private enum Kind {
    case pipe, socket, other
  }

  let descriptor: Int32
  private let kind: Kind

  /// Takes over a descriptor.
  init(taking descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      self.descriptor = descriptor
      self.kind = .other
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFIFO:
      let path = "/proc/self/fd/\(descriptor)"
      let second = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if second >= 0 {
        Glibc.close(descriptor)
        self.descriptor = second
        self.kind = .pipe
      } else {
        self.descriptor = descriptor
        self.kind = .other
      }
    case S_IFSOCK:
      self.descriptor = descriptor
      self.kind = .socket
    default:
      self.descriptor = descriptor
      self.kind = .other
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    switch kind {
    case .socket:
      Glibc.send(
        descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    case .pipe, .other: Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }

  /// Makes room for so many bytes more without waiting for the reader, where the system allows it: a
  /// pipe can be made to hold more, as a rule up to 1 MiB.
  func makeRoom(for count: Int) {
    guard kind == .pipe else { return }
    let held = fcntl(descriptor, Self.getPipeSize)
    // What is in the pipe may fill its pages in part only.
    guard held > 0 else { return }
    _ = fcntl(descriptor, Self.setPipeSize, Int32(clamping: Int(held) + count + 4096))
  }

  // Glibc names them for programs that ask for the system's extensions.
  private static let setPipeSize: Int32 = 1031
  private static let getPipeSize: Int32 = 1032

  func close() { Glibc.close(descriptor) }
}
