import Glibc

/// Both ends of a pipe that child processes do not inherit.
struct Pipe {
  let reader: Int32
  let writer: Int32

  init() throws(DescriptorError) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw DescriptorError("pipe", errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reader = ends[0]
    writer = ends[1]
  }
}
