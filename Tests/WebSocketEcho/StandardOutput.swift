import Glibc

/// The program's standard output, which is buffered when it is a file or a pipe.
enum StandardOutput {
  /// Writes out what is buffered, everywhere.
  static func flush() { fflush(nil) }
}
