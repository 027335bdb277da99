import Marketing

// The settings of memory.
extension SettingKey {
  /// How long what is remembered lives, and what it may take.
  static let memoryKeys: [SettingKey] = [
    integer(
      "memory.shortTermHours", "short-term memory is gone after so many hours", 1...8760,
      \.memory.shortTermHours),
    flag(
      "memory.sliding", "whether recalling short-term memory makes it live for its time again",
      \.memory.isSliding),
    integer(
      "memory.indexMegabytes",
      "what the recall indexes of all workspaces may take in memory, in MiB", 16...65_536,
      \.memory.indexMebibytes),
  ]
}

extension MemorySettings {
  fileprivate var shortTermHours: Int {
    get { Int(shortTermLifetime / .seconds(3600)) }
    set { shortTermLifetime = .seconds(3600 * newValue) }
  }

  fileprivate var indexMebibytes: Int {
    get { indexBytes >> 20 }
    set { indexBytes = newValue << 20 }
  }
}
