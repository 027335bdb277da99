import Glibc
import JSONRPC
package import Logging
package import MCP
import Marketing

/// The issuer's public keys, from a file or from its own address. Keys that were read once are used until
/// others can be read: an issuer that cannot be reached locks nobody out.
package final class SigningKeySource: Sendable {
  /// Where the keys are.
  package enum Location: Sendable, Hashable {
    /// A file, read again when it changes.
    case file(String)
    /// A URL, asked again after ten minutes, and when a token names a key that is not known.
    case url(WebURI)

    /// Reads a setting: a URL when it has a scheme, else a path.
    /// - Returns: `nil` for a URL that others could answer for: only `https`, or this machine.
    package init?(_ text: String) {
      guard text.contains("://") else {
        guard !text.isEmpty else { return nil }
        self = .file(text)
        return
      }
      guard let uri = WebURI(text), uri.isTrustworthy else { return nil }
      self = .url(uri)
    }
  }

  /// How long an answer of the issuer holds.
  private static let validity = Duration.seconds(600)
  /// How soon the issuer is asked again: never so often that tokens with made-up keys become a load.
  private static let patience = Duration.seconds(60)
  /// The same while there are no keys at all.
  private static let impatience = Duration.seconds(5)
  /// The longest set of keys, in bytes.
  static let maximumBytes = 1 << 20

  private struct State {
    var keys: [SigningKey] = []
    /// When, and which state of a file, was last read with success.
    var readAt: Timestamp?
    /// When it was last tried to read them.
    var triedAt: Timestamp?
    var triedFile: FileStamp?
    var hasTried = false
    var isReading = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private enum Step {
    case use([SigningKey])
    case read
    case wait
  }

  private let location: Location
  private let logger: Logger
  private let state = Locked(State())

  /// Keys at a place. Nothing is read before it has to be.
  package init(_ location: Location, logger: Logger) {
    self.location = location
    self.logger = logger
  }

  /// The keys of this name; all of them when there is none.
  /// - Throws: `.unavailable` when no keys could ever be read.
  func keys(named id: String?, at now: Timestamp) async throws(AccessRefusal) -> [SigningKey] {
    while true {
      let file = Self.stamp(of: location)
      let step = state.withLock { state -> Step in
        let step = Self.step(state, named: id, file: file, location: location, at: now)
        if case .read = step { state.isReading = true }
        return step
      }
      switch step {
      case .use(let keys):
        guard !keys.isEmpty || state.withLock({ $0.readAt != nil }) else {
          throw AccessRefusal(.unavailable, "the issuer's keys cannot be read now")
        }
        return keys
      case .wait: await waitForReader()
      case .read:
        let isDone = await read(file, at: now)
        // The request is gone, and nobody waits for its answer; who waited reads for itself.
        if !isDone { throw AccessRefusal(.unavailable, "the request was cancelled") }
      }
    }
  }

  private static func step(
    _ state: State, named id: String?, file: FileStamp?, location: Location, at now: Timestamp
  ) -> Step {
    let matching = id.map { id in state.keys.filter { $0.id?.isSpelled(like: id) == true } }
    let found = matching ?? state.keys
    let isDue: Bool
    let mayRead: Bool
    switch location {
    case .file:
      isDue = !state.hasTried || state.triedFile != file
      mayRead = isDue
    case .url:
      // A clock that went back makes everything due.
      let age = state.readAt.map { now - $0 }
      isDue = found.isEmpty || age.map { $0 < .zero || $0 >= validity } ?? true
      let wait = state.keys.isEmpty ? impatience : patience
      mayRead = isDue && state.triedAt.map { now < $0 || now - $0 >= wait } ?? true
    }
    guard mayRead else { return .use(found) }
    guard state.isReading else { return .read }
    return found.isEmpty ? .wait : .use(found)
  }

  /// Reads the keys. One request does while the others wait or use what there is.
  /// - Returns: whether it came to an end, good or bad.
  private func read(_ file: FileStamp?, at now: Timestamp) async -> Bool {
    var keys: [SigningKey]?
    do {
      switch location {
      case .file(let path): keys = try await SigningKey.all(in: Self.bytes(ofFile: path))
      case .url(let uri):
        keys = try await SigningKey.all(in: KeySetRequest.bytes(at: uri, limit: Self.maximumBytes))
      }
    } catch {
      if !Task.isCancelled {
        logger.warning(
          "the issuer's keys cannot be read",
          metadata: ["place": "\(location)", "reason": "\(error)"])
      }
    }
    let isDone = keys != nil || !Task.isCancelled
    let waiting = state.withLock { state in
      state.isReading = false
      if let keys {
        state.keys = keys
        state.readAt = now
      }
      if isDone {
        state.triedAt = now
        state.triedFile = file
        state.hasTried = true
      }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
    return isDone
  }

  private func waitForReader() async {
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        guard state.isReading else { return true }
        state.waiting.append(continuation)
        return false
      }
      if isDone { continuation.resume() }
    }
  }
}

/// What tells one state of a file from another.
private struct FileStamp: Sendable, Hashable {
  let inode: UInt64
  let size: Int64
  let seconds: Int
  let nanoseconds: Int
}

extension SigningKeySource {
  private static func stamp(of location: Location) -> FileStamp? {
    guard case .file(let path) = location else { return nil }
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return FileStamp(
      inode: UInt64(status.st_ino), size: Int64(status.st_size),
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  private static func bytes(ofFile path: String) throws(KeySetError) -> [UInt8] {
    // Without waiting for the other end, should it be a pipe.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw KeySetError(message: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= maximumBytes {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw KeySetError(message: String(cString: strerror(errno))) }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
    }
    throw KeySetError(message: "it is longer than \(maximumBytes) bytes")
  }
}
