import ArgumentParser
@main struct LeadRelayCommand: ParsableCommand { func run() {} }
