// swift-tools-version: 6.3

import PackageDescription

let houseRules: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .treatAllWarnings(as: .error),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(
  name: "Configuration", package: "swift-configuration")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypes1 = Target.Dependency.product(
  name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioExtras = Target.Dependency.product(name: "NIOExtras", package: "swift-nio-extras")
let nioTLS = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTests = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
  name: "LeadRelay",
  products: [
    .executable(name: "leadrelay", targets: ["leadrelay"]),
    .executable(name: "mcp-client", targets: ["mcp-client"]),
    .executable(name: "triage-agent", targets: ["triage-agent"]),
    .executable(name: "engagement-agent", targets: ["engagement-agent"]),
    .executable(name: "optimizer-agent", targets: ["optimizer-agent"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    .target(name: "JSONRPC", swiftSettings: houseRules),
    .target(name: "MCP", dependencies: ["JSONRPC", log], swiftSettings: houseRules),
    .target(
      name: "MCPWebSocket",
      dependencies: ["JSONRPC", "MCP", log, nio, nioPosix, nioHTTP1, nioWebSocket, nioTLS],
      swiftSettings: houseRules),
    .target(
      name: "MCPHTTP", dependencies: ["JSONRPC", "MCP", httpClient, nio, nioHTTP1, nioTLS],
      swiftSettings: houseRules),
    .target(
      name: "Gateway",
      dependencies: [
        "JSONRPC", "MCP", "MCPWebSocket", "Marketing", "Sealing", "ServedFiles", httpClient,
        httpTypes,
        hummingbird, hummingbirdCore, jwt, lifecycle, log, nio, nioExtras, nioHTTP1, nioHTTPTypes,
        nioHTTPTypes1, nioPosix, nioTLS, nioWebSocket,
      ], swiftSettings: houseRules),
    .target(name: "Marketing", dependencies: ["JSONRPC"], swiftSettings: houseRules),
    .target(
      name: "Embeddings",
      dependencies: ["JSONRPC", "Marketing", "Recall", "Sealing", httpClient, nio, nioHTTP1],
      swiftSettings: houseRules),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CHNSW"),
    .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
    .systemLibrary(name: "CXGBoost", providers: [.apt(["libxgboost-dev"])]),
    .target(
      name: "LeadModels", dependencies: ["CXGBoost", "JSONRPC", "Marketing"],
      swiftSettings: houseRules),
    .target(
      name: "Outreach",
      dependencies: [
        "CCurl", "JSONRPC", "Marketing", "Sealing", "ServedFiles", httpClient, lifecycle, log,
        mustache, nio, nioHTTP1, nioPosix,
      ], swiftSettings: houseRules),
    .target(
      name: "Recall", dependencies: ["CStemmer", "JSONRPC", "Marketing"], swiftSettings: houseRules),
    .target(name: "Sealing", dependencies: ["COpenSSL", "JSONRPC"], swiftSettings: houseRules),
    .target(
      name: "SQLiteStores", dependencies: ["JSONRPC", "Marketing", "Sealing", grdb, sqlite],
      swiftSettings: houseRules),
    .target(
      name: "ServedFiles",
      resources: [.embedInCode("tools-schema"), .embedInCode("resources")],
      swiftSettings: houseRules),
    .target(
      name: "ReportPages", dependencies: ["Marketing", "ServedFiles", mustache],
      swiftSettings: houseRules),
    .target(
      name: "MarketingTools",
      dependencies: [
        "JSONRPC", "LeadModels", "MCP", "Marketing", "Recall", "ReportPages", "ServedFiles",
        "VectorSearch",
      ],
      swiftSettings: houseRules),
    .target(
      name: "ServerApp",
      dependencies: [
        "Embeddings", "Gateway", "JSONRPC", "LeadModels", "MCP", "MCPWebSocket", "Marketing",
        "MarketingTools", "Outreach", "Recall", "ReportPages", "SQLiteStores", "Sealing",
        "ServedFiles", configuration, lifecycle, log, metrics, yaml,
      ], swiftSettings: houseRules),
    .target(name: "VectorSearch", dependencies: ["CHNSW"], swiftSettings: houseRules),
    .executableTarget(
      name: "leadrelay",
      dependencies: [
        "JSONRPC", "MCP", "Marketing", "MarketingTools", "Recall", "ServedFiles", "ServerApp",
        arguments, lifecycle, log, signals,
      ],
      swiftSettings: houseRules),
    .target(
      name: "ServerConnections",
      dependencies: ["JSONRPC", "MCP", "MCPHTTP", "MCPWebSocket", arguments],
      path: "clients/server-connections", swiftSettings: houseRules),
    .executableTarget(
      name: "mcp-client",
      dependencies: [
        "JSONRPC", "MCP", "MCPHTTP", "MCPWebSocket", "ServerConnections", arguments, log,
      ],
      path: "clients/mcp-client", swiftSettings: houseRules),
    .target(
      name: "AgentRuntime",
      dependencies: ["JSONRPC", "MCP", "ServerConnections", arguments, log, signals],
      path: "clients/agent-runtime", swiftSettings: houseRules),
    .executableTarget(
      name: "triage-agent", dependencies: ["AgentRuntime", "JSONRPC", arguments],
      path: "clients/triage-agent", swiftSettings: houseRules),
    .executableTarget(
      name: "engagement-agent", dependencies: ["AgentRuntime", "JSONRPC", arguments],
      path: "clients/engagement-agent", swiftSettings: houseRules),
    .executableTarget(
      name: "optimizer-agent", dependencies: ["AgentRuntime", "JSONRPC", arguments],
      path: "clients/optimizer-agent", swiftSettings: houseRules),

    .testTarget(name: "JSONRPCTests", dependencies: ["JSONRPC"], swiftSettings: houseRules),
    .testTarget(
      name: "AgentRuntimeTests",
      dependencies: ["AgentRuntime", "JSONRPC", "MCP", "Marketing", "ServerApp", log],
      swiftSettings: houseRules),
    .target(
      name: "ConformanceFixture", dependencies: ["JSONRPC", "MCP", log],
      path: "Tests/ConformanceFixture", swiftSettings: houseRules),
    .executableTarget(
      name: "conformance-server",
      dependencies: [
        "ConformanceFixture", "Gateway", "MCP", "Marketing", "Sealing", "ServerApp", arguments,
        lifecycle, log, signals,
      ],
      path: "Tests/ConformanceServer", swiftSettings: houseRules),
    .testTarget(
      name: "MCPTests", dependencies: ["ConformanceFixture", "JSONRPC", "MCP", "WireChecks", log],
      swiftSettings: houseRules),
    .target(
      name: "WireChecks", dependencies: ["JSONRPC", "MCP"], path: "Tests/WireChecks",
      swiftSettings: houseRules),
    .testTarget(
      name: "BehaviourTests",
      dependencies: [
        "ConformanceFixture", "Gateway", "JSONRPC", "MCP", "MCPHTTP", "MCPWebSocket", "Marketing",
        "WireChecks", httpClient, lifecycle, log, nio, nioHTTP1,
      ], swiftSettings: houseRules),
    .testTarget(
      name: "MCPWebSocketTests",
      dependencies: [
        "ConformanceFixture", "JSONRPC", "MCP", "MCPWebSocket", log, nio, nioEmbedded, nioHTTP1,
        nioPosix, nioTLS, nioWebSocket,
      ], swiftSettings: houseRules),
    .executableTarget(
      name: "websocket-echo",
      dependencies: ["MCPWebSocket", nio, nioHTTP1, nioPosix],
      path: "Tests/WebSocketEcho", exclude: ["autobahn.sh", "table.py"],
      swiftSettings: houseRules),
    .testTarget(
      name: "MCPHTTPTests",
      dependencies: [
        "ConformanceFixture", "Gateway", "JSONRPC", "MCP", "MCPHTTP", "Marketing", httpTypes,
        hummingbird, lifecycle, log, nio,
      ], swiftSettings: houseRules),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", "JSONRPC", "MCP", "MCPHTTP", "MCPWebSocket", "Marketing", "MarketingTools",
        "Outreach", "SQLiteStores", "Sealing", "ServedFiles", httpClient, httpTypes, jwt, lifecycle,
        log, nio, nioHTTP1, nioPosix,
      ], swiftSettings: houseRules),
    .testTarget(
      name: "MarketingTests", dependencies: ["JSONRPC", "Marketing"], swiftSettings: houseRules),
    .testTarget(
      name: "LeadModelsTests",
      dependencies: ["JSONRPC", "LeadModels", "Marketing", "ServedFiles"],
      swiftSettings: houseRules),
    .testTarget(
      name: "EmbeddingsTests",
      dependencies: [
        "ConformanceFixture", "Embeddings", "JSONRPC", "MCP", "Marketing", httpTypes, hummingbird,
        lifecycle, log, nio,
      ], swiftSettings: houseRules),
    .testTarget(
      name: "OutreachTests",
      dependencies: [
        "JSONRPC", "MCP", "Marketing", "Outreach", "SQLiteStores", "Sealing", "ServerApp",
        httpClient, lifecycle, log, nio, nioHTTP1, nioPosix, nioTLS,
      ], swiftSettings: houseRules),
    .testTarget(
      name: "RecallTests", dependencies: ["JSONRPC", "Marketing", "Recall"],
      swiftSettings: houseRules),
    .testTarget(
      name: "SQLiteStoresTests",
      dependencies: ["JSONRPC", "Marketing", "SQLiteStores", "Sealing", grdb],
      swiftSettings: houseRules),
    .testTarget(
      name: "VectorSearchTests", dependencies: ["VectorSearch"], swiftSettings: houseRules),
    .testTarget(
      name: "StoreContractTests",
      dependencies: ["JSONRPC", "Marketing", "SQLiteStores", "Sealing", grdb],
      swiftSettings: houseRules),
    .testTarget(
      name: "SealingTests", dependencies: ["JSONRPC", "Sealing"], swiftSettings: houseRules),
    .testTarget(
      name: "MarketingToolsTests",
      dependencies: [
        "JSONRPC", "LeadModels", "MCP", "Marketing", "MarketingTools", "Outreach", "Sealing",
        "ServedFiles", log,
      ],
      swiftSettings: houseRules),
    .testTarget(
      name: "ReportPagesTests",
      dependencies: ["Marketing", "ReportPages", "Sealing", "ServedFiles"],
      swiftSettings: houseRules),
    .testTarget(
      name: "ServerAppTests",
      dependencies: [
        "JSONRPC", "LeadModels", "MCP", "MCPWebSocket", "Marketing", "MarketingTools", "Outreach",
        "SQLiteStores", "Sealing", "ServedFiles", "ServerApp", grdb, lifecycle, log, metrics,
        metricsTests,
      ],
      swiftSettings: houseRules),
  ],
  cxxLanguageStandard: .cxx17
)
