/// Which addresses are on the public internet (spec 10). IANA's special-purpose registries, and what clouds add.
enum AddressGuard {
    /// Whether a guarded request may go there.
    static func isPublic(_ address: IPAddress) -> Bool {
        let refused = address.bytes.count == 4 ? refusedV4 : refusedV6
        guard !refused.contains(where: { address.hasPrefix($0.prefix, $0.length) }) else { return false }
        // Of IPv6 only global unicast has been given out. This leaves out loopback, link-local, unique local, multicast,
        // IPv4-mapped and -compatible addresses and NAT64's 64:ff9b::/96 and 64:ff9b:1::/48 without naming them.
        return address.bytes.count == 4 || address.hasPrefix(globalUnicast, 3)
    }

    private typealias Block = (prefix: IPAddress, length: Int)

    private static let globalUnicast = IPAddress(bytes: [0x20] + [UInt8](repeating: 0, count: 15)).unsafelyUnwrapped

    private static let refusedV4 = blocks([
        "0.0.0.0/8",  // this network
        "10.0.0.0/8",  // private
        "100.64.0.0/10",  // carrier-grade NAT; Alibaba's metadata is in it
        "127.0.0.0/8",  // loopback
        "168.63.129.16/32",  // Azure's platform services
        "169.254.0.0/16",  // link-local; the metadata of most clouds
        "172.16.0.0/12",  // private
        "192.0.0.0/24",  // IETF protocol assignments; Oracle's metadata
        "192.0.2.0/24",  // documentation
        "192.88.99.0/24",  // 6to4 relays
        "192.168.0.0/16",  // private
        "198.18.0.0/15",  // benchmarks
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, broadcast
    ])

    private static let refusedV6 = blocks([
        "2001::/23",  // IETF protocol assignments; Teredo and ORCHID are in it
        "2001:db8::/32",  // documentation
        "2002::/16",  // 6to4: any IPv4 address inside
        "3fff::/20",  // documentation
    ])

    private static func blocks(_ texts: [String]) -> [Block] {
        texts.map { text in
            let parts = text.split(separator: "/")
            guard let prefix = IPAddress(String(parts[0])), let length = Int(parts[1]) else {
                preconditionFailure("\(text) is not a block of addresses")
            }
            return (prefix, length)
        }
    }
}
