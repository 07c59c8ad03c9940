import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedisTests {}

/// A key that no other test uses.
func freshKey(_ name: String) -> String { "test:\(name):\(UInt64.random(in: 0...UInt64.max))" }

/// Sends `command` until `condition` holds for its reply.
func wait(
    for command: [RedisArgument],
    over client: RedisClient,
    until condition: (RedisValue) -> Bool
) async throws {
    while !condition(try await client.command(command)) { await Task.yield() }
}
