import Foundation
import Glibc
package import Marketing

/// A file beside the database with the channels on which its messages are sent for real. Several processes may
/// share a database, each with settings of its own: one that knows of no way for a channel, such as one that a
/// host starts over stdio, must not take for sent what another is to send.
///
/// A process with a way writes the channel into the file, where it stays, and locks a byte of its own for each,
/// which the system lets go when the process ends.
package struct OutreachMark: Sendable {
  /// Where it is.
  package let path: String

  /// The mark of a database.
  package init(besideDatabase path: String) { self.path = "\(path).outreach" }

  /// The channels on which messages of this database have ever been sent for real.
  package var channels: Set<OutreachChannel> {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return Set(text.split(separator: "\n").compactMap { OutreachChannel(rawValue: String($0)) })
  }

  /// The channels for which other processes, or other holds, have a way now.
  package var liveChannels: Set<OutreachChannel> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return Set(
      OutreachChannel.allCases.filter { channel in
        // What would keep a lock for writing from being taken; nothing is locked by asking.
        var found = Self.lock(Int16(F_WRLCK), on: channel)
        return fcntl(descriptor, Self.askLock, &found) == 0 && found.l_type != Int16(F_UNLCK)
      })
  }

  /// Marks channels, for as long as the hold lives as those that have a way now.
  /// - Returns: `nil` when the file cannot be written or locked.
  package func hold(_ channels: Set<OutreachChannel>) -> OutreachHold? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    let hold = OutreachHold(descriptor)
    // The locks first: whoever sees the mark sees them too.
    for channel in channels {
      var lock = Self.lock(Int16(F_RDLCK), on: channel)
      guard fcntl(descriptor, Self.setLock, &lock) == 0 else { return nil }
    }
    let names = channels.subtracting(self.channels).map { "\($0.rawValue)\n" }.sorted().joined()
    // In one piece, which does not mix with what others append.
    let written = Array(names.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    return written == names.utf8.count ? hold : nil
  }

  // F_OFD_GETLK and F_OFD_SETLK of Linux, which the C library's module does not name: locks of the open file, not of
  // the process, so that other instances within a process see them too.
  private static let askLock: Int32 = 36
  private static let setLock: Int32 = 37

  private static func lock(_ kind: Int16, on channel: OutreachChannel) -> flock {
    var lock = flock()
    lock.l_type = kind
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(OutreachChannel.allCases.firstIndex(of: channel) ?? 0)
    lock.l_len = 1
    return lock
  }
}

/// Says that this process has ways, until nobody has it any more or the process ends.
package final class OutreachHold: Sendable {
  private let descriptor: Int32

  fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
