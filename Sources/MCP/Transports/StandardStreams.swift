import Glibc

/// The process's standard input and output as a transport.
package enum StandardStreams {
  /// Takes over stdin and stdout for the rest of the process: what anything else prints goes to stderr,
  /// and anything else that reads finds the end. A peer that goes away is an error to handle, not a
  /// signal that ends the process.
  /// - Throws: `DescriptorError` when a stream is closed or the system has no descriptor left.
  package static func takeOver(
    limits: DescriptorTransport.Limits = .init()
  ) throws(DescriptorError) -> DescriptorTransport {
    signal(SIGPIPE, SIG_IGN)
    let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    guard input >= 0 else { throw DescriptorError("stdin", errno) }
    let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard output >= 0 else { throw DescriptorError("stdout", errno) }
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard null >= 0 else { throw DescriptorError("/dev/null", errno) }
    guard dup2(null, STDIN_FILENO) >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
      throw DescriptorError("dup2", errno)
    }
    close(null)
    return try DescriptorTransport(input: input, output: output, limits: limits)
  }
}
