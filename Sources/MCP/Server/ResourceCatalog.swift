import JSONRPC

/// How long and by whom a read may be cached.
package struct CacheHint: Sendable, Hashable {
  /// For how long, in milliseconds; 0 for not at all.
  package var milliseconds: Int
  /// Whether the content is the same for every user.
  package var isPublic: Bool

  /// Not to be cached.
  package static let none = CacheHint(milliseconds: 0, isPublic: false)

  /// A hint.
  package init(milliseconds: Int, isPublic: Bool) {
    self.milliseconds = milliseconds
    self.isPublic = isPublic
  }

  func add(to body: inout ResultBody) {
    body.add("ttlMs", JSONValue(milliseconds))
    body.add("cacheScope", isPublic ? "public" : "private")
  }
}

/// A resource, or a family of them, that can be read.
package struct RegisteredResource: Sendable {
  /// Where the resource is.
  package enum Location: Sendable {
    case fixed(ResourceDefinition)
    case template(ResourceTemplateDefinition)
  }

  /// The contents for the address' variables; `nil` when there is no such resource.
  package typealias Read =
    @Sendable (String, [String: String], RequestContext) async throws(CallInterruption)
    -> [ResourceContents]?

  let location: Location
  let cache: CacheHint
  let read: Read
  let completions: [String: CompletionProvider]

  /// Registers a resource.
  package init(_ definition: ResourceDefinition, cache: CacheHint = .none, read: @escaping Read) {
    self.location = .fixed(definition)
    self.cache = cache
    self.read = read
    self.completions = [:]
  }

  /// Registers a family of resources.
  /// - Parameter completions: how to complete the template's variables.
  package init(
    _ definition: ResourceTemplateDefinition, cache: CacheHint = .none,
    completions: [String: CompletionProvider] = [:], read: @escaping Read
  ) {
    self.location = .template(definition)
    self.cache = cache
    self.read = read
    self.completions = completions
  }

  var scopes: Set<String> {
    switch location {
    case .fixed(let definition): definition.scopes
    case .template(let definition): definition.scopes
    }
  }

  func match(_ uri: String) -> [String: String]? {
    switch location {
    case .fixed(let definition): definition.uri.isSpelled(like: uri) ? [:] : nil
    case .template(let definition): definition.uriTemplate.match(uri)
    }
  }

  /// The address with these variables as the server writes it.
  func address(_ variables: [String: String]) -> String {
    switch location {
    case .fixed(let definition): definition.uri
    case .template(let definition): definition.uriTemplate.expand(variables)
    }
  }
}

/// The resources of a server in the order they are listed.
package struct ResourceCatalog: Sendable {
  private let resources: [RegisteredResource]

  /// A catalogue; of two that match an address the first answers.
  package init(_ resources: [RegisteredResource] = []) { self.resources = resources }

  /// Whether there is anything at all.
  var isEmpty: Bool { resources.isEmpty }

  /// The resource at an address with the address' variables, when the principal may read it.
  func find(_ uri: String, for principal: Principal) -> (RegisteredResource, [String: String])? {
    for resource in resources where principal.mayUse(resource.scopes) {
      if let variables = resource.match(uri) { return (resource, variables) }
    }
    return nil
  }

  /// The one address that stands for all spellings of a resource's; `nil` when there is no such
  /// resource or the principal may not read it.
  func address(of uri: String, for principal: Principal) -> String? {
    find(uri, for: principal).map { $0.0.address($0.1) }
  }

  func fixed(visibleTo principal: Principal) -> [ResourceDefinition] {
    resources.compactMap {
      guard case .fixed(let definition) = $0.location, principal.mayUse(definition.scopes)
      else { return nil }
      return definition
    }
  }

  func templates(visibleTo principal: Principal) -> [ResourceTemplateDefinition] {
    resources.compactMap {
      guard case .template(let definition) = $0.location, principal.mayUse(definition.scopes)
      else { return nil }
      return definition
    }
  }

  func template(_ text: String, for principal: Principal) -> RegisteredResource? {
    resources.first {
      guard case .template(let definition) = $0.location else { return false }
      return definition.uriTemplate.text == text && principal.mayUse(definition.scopes)
    }
  }
}
