package import MCP

package struct Identity: Sendable, Hashable { package var principal: Principal }
