import Foundation
import JSONRPC
import ServerConnections

/// A server that was started to listen on a free port of this machine.
final class ListeningServer {
  private let process = Process()
  private let errors = Pipe()
  /// The address it listens on, `http://HOST:PORT`.
  private(set) var address = ""

  /// Starts the server and waits until it listens.
  /// - Parameter command: `--http 127.0.0.1:0` is added to it.
  init(command: [String]) throws {
    // Looked up in PATH, as a command is.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command + ["--http", "127.0.0.1:0"]
    process.standardInput = FileHandle.nullDevice
    process.standardError = errors
    do { try process.run() } catch { throw ServerFailure("the server does not start: \(error)") }
    address = try listeningAddress()
    // What it says later is for whoever watches; and a full pipe would hold it up.
    errors.fileHandleForReading.readabilityHandler = { handle in
      let said = handle.availableData
      if said.isEmpty {
        handle.readabilityHandler = nil
      } else {
        FileHandle.standardError.write(said)
      }
    }
  }

  private func listeningAddress() throws -> String {
    var said = ""
    while true {
      let some = errors.fileHandleForReading.availableData
      guard !some.isEmpty else {
        process.waitUntilExit()
        throw ServerFailure("the server ended instead of listening: \(said)")
      }
      said += String(decoding: some, as: UTF8.self)
      for line in said.split(separator: "\n") where line.hasPrefix("listening on http://") {
        if said.hasSuffix("\n") { return String(line.dropFirst("listening on ".count)) }
      }
    }
  }

  /// The server's resident memory now, in MiB.
  var residentMebibytes: Double { Self.residentMebibytes(of: process.processIdentifier) }

  /// A process's resident memory now, in MiB.
  static func residentMebibytes(of id: Int32) -> Double {
    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    let kilobytes = line.split(separator: " ").compactMap { Double($0) }.first ?? 0
    return kilobytes / 1024
  }

  /// Asks the server to end and waits for it.
  /// - Returns: its exit code, or minus the signal that ended it.
  @discardableResult
  func stop() -> Int64 {
    process.terminate()
    process.waitUntilExit()
    let status = Int64(process.terminationStatus)
    return process.terminationReason == .exit ? status : -status
  }
}
