import ArgumentParser
import ServerApp

/// The flags that say which tools are offered.
struct ToolOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The toolsets that are offered (default: all).", valueName: "names"))
  var toolsets: String?

  @Option(
    help: ArgumentHelp(
      "Tools that are offered beside the toolsets, or alone.", valueName: "names"))
  var tools: String?

  @Option(help: ArgumentHelp("Tools that are never offered.", valueName: "names"))
  var excludeTools: String?

  @Flag(help: "Offer only tools that change nothing.")
  var readOnly = false

  /// The flags that were given, by the key of their setting.
  var flags: [String: ConfigurationReader.Flag] {
    var flags: [String: ConfigurationReader.Flag] = [:]
    for (name, key, value) in [
      ("--toolsets", "tools.toolsets", toolsets), ("--tools", "tools.only", tools),
      ("--exclude-tools", "tools.exclude", excludeTools),
      ("--read-only", "tools.readOnly", readOnly ? "true" : nil),
    ] {
      if let value { flags[key] = .init(name, value) }
    }
    return flags
  }
}
