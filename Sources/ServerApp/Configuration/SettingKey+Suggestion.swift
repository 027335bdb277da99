import Marketing

extension SettingKey {
  /// The key that an unknown one was most likely meant to be; `nil` when none is near.
  package static func suggestion(for name: String) -> String? {
    let names = all.map(\.name)
    if let nearest = NearestName.of(name, among: names) { return nearest }
    // A part too much, or in another group.
    let end = { (name: String) in name.split(separator: ".").last?.lowercased() }
    return names.first { name.hasPrefix("\($0).") } ?? names.first { end($0) == end(name) }
  }
}
