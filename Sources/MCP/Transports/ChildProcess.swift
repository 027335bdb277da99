import Glibc
import JSONRPC

/// A program started with pipes to its stdin and from its stdout; its stderr is ours.
package struct ProcessLaunch: Sendable {
  /// The child's process id.
  package let id: Int32
  /// Reads what the child writes. The caller closes it.
  package let output: Int32
  /// Writes what the child reads. The caller closes it.
  package let input: Int32

  /// Starts a program.
  /// - Parameters:
  ///   - command: the program (looked up in PATH) and its arguments.
  ///   - environment: variables set over our own.
  /// - Throws: `DescriptorError` when the program cannot be started.
  package init(
    command: [String], environment: [String: String] = [:]
  ) throws(DescriptorError) {
    guard let program = command.first else { throw DescriptorError("posix_spawn", EINVAL) }
    signal(SIGPIPE, SIG_IGN)
    let toChild = try Pipe()
    let fromChild = try Pipe()
    defer {
      close(toChild.reader)
      close(fromChild.writer)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild.reader, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromChild.writer, STDOUT_FILENO)
    // What else is open here is none of the child's: it would keep other pipes and files open.
    _ = Self.closeFrom?(&actions, STDERR_FILENO + 1)
    var id = pid_t()
    let code = Self.withCStrings(command) { arguments in
      Self.withCStrings(Self.environment(adding: environment)) { environment in
        posix_spawnp(&id, program, &actions, nil, arguments, environment)
      }
    }
    guard code == 0 else {
      close(fromChild.reader)
      close(toChild.writer)
      throw DescriptorError(program, code)
    }
    self.id = id
    self.output = fromChild.reader
    self.input = toChild.writer
  }

  private typealias CloseFrom =
    @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

  /// glibc's `posix_spawn_file_actions_addclosefrom_np`, which Swift's module of glibc leaves out; `nil`
  /// before glibc 2.34. The cast names the type that spawn.h declares.
  private static let closeFrom: CloseFrom? =
    dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")
    .map { unsafeBitCast($0, to: CloseFrom.self) }

  private static func environment(adding variables: [String: String]) -> [String] {
    var result: [String] = []
    var pointer = environ
    while let entry = pointer.pointee {
      let text = String(cString: entry)
      if variables[String(text.prefix { $0 != "=" })] == nil { result.append(text) }
      pointer += 1
    }
    return result + variables.map { "\($0.key)=\($0.value)" }
  }

  private static func withCStrings<Value>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
  ) -> Value {
    var copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    copies.append(nil)
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }
}

/// A server started as a child process, its stdin and stdout as a transport.
package final class ChildProcess: Sendable {
  /// The connection to the child.
  package let transport: DescriptorTransport
  /// The child's process id.
  package let id: Int32
  private let exit = Locked(Int32?.none)

  /// Starts a program.
  /// - Parameters:
  ///   - command: the program (looked up in PATH) and its arguments.
  ///   - environment: variables set over our own.
  /// - Throws: `DescriptorError` when the program cannot be started.
  package init(
    command: [String], environment: [String: String] = [:],
    limits: DescriptorTransport.Limits = .init()
  ) throws(DescriptorError) {
    let launch = try ProcessLaunch(command: command, environment: environment)
    self.id = launch.id
    self.transport = try DescriptorTransport(
      input: launch.output, output: launch.input, limits: limits)
  }

  /// Ends the connection and the child: it is asked to end by the end of its input, then by SIGTERM,
  /// then by SIGKILL, with a grace period each time.
  /// - Returns: the exit status as `waitpid` tells it.
  @discardableResult
  package func stop(grace: Duration = .seconds(2)) async -> Int32 {
    await transport.close()
    for signal in [SIGTERM, SIGKILL] {
      if let status = await waitForExit(atMost: grace) { return status }
      kill(id, signal)
    }
    return await waitForExit(atMost: .seconds(60)) ?? -1
  }

  /// Sends the child a signal.
  package func send(signal: Int32) { kill(id, signal) }

  /// The exit status once the child has ended; `nil` when it still runs after this time.
  package func waitForExit(atMost patience: Duration) async -> Int32? {
    let end = ContinuousClock.now + patience
    while true {
      if let status = reap() { return status }
      guard ContinuousClock.now < end else { return nil }
      // waitpid has no descriptor to wait for that every kernel offers.
      try? await Task.sleep(for: .milliseconds(2))
    }
  }

  private func reap() -> Int32? {
    let id = id
    return exit.withLock { (exit: inout Int32?) -> Int32? in
      if let exit { return exit }
      var status: Int32 = 0
      if waitpid(id, &status, WNOHANG) == id { exit = status }
      return exit
    }
  }
}
