import ArgumentParser
@main struct MCPClientCommand: ParsableCommand { func run() {} }
