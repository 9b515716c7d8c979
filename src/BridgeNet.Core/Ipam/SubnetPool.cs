using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>Where automatic subnets come from.</summary>
internal static class SubnetPool
{
    /// <summary>
    /// Docker's default pools in its order (moby: ipamutils/utils.go), then /24s from podman's range, so that there is a 32nd network, and a thousandth.
    /// </summary>
    private static readonly (string First, string Last, int PrefixLength)[] s_pools =
    [
        ("172.17.0.0", "172.31.255.255", 16),
        ("192.168.0.0", "192.168.255.255", 20),
        ("10.89.0.0", "10.255.255.255", 24),
    ];

    /// <summary>The first subnet of the pools that is clear of everything taken.</summary>
    /// <param name="taken">What to keep clear of.</param>
    /// <param name="prefixLength">The length to have, 8 to 30; null for each pool's own.</param>
    /// <exception cref="BridgeNetException">NoFreeSubnet.</exception>
    public static IPNetwork Choose(IEnumerable<TakenRange> taken, int? prefixLength = null)
    {
        (UInt128 First, UInt128 Last)[] ranges = Sorted(taken, AddressFamily.InterNetwork);
        foreach ((string from, string to, int length) in s_pools)
        {
            if (FirstClear(AddressNumber.Of(IPAddress.Parse(from)), AddressNumber.Of(IPAddress.Parse(to)), 32 - (prefixLength ?? length), ranges) is { } found)
                return new IPNetwork(AddressNumber.ToAddress(found, AddressFamily.InterNetwork), prefixLength ?? length);
        }
        throw new BridgeNetException(ErrorIds.NoFreeSubnet, ProblemCategory.LimitsExceeded,
            prefixLength is null
                ? "No subnet is left in the pools (172.17-31.0.0/16, 192.168.0.0/16 as /20, 10.89-255.0.0 as /24); give one with -Subnet, or remove networks."
                : $"No /{prefixLength} is left in the pools (172.17.0.0-172.31.255.255, 192.168.0.0/16, 10.89.0.0-10.255.255.255); give one with -Subnet, or ask for a longer prefix.");
    }

    /// <summary>The first /64 of the host's own /48 that is clear of everything taken.</summary>
    /// <exception cref="BridgeNetException">NoFreeSubnet.</exception>
    public static IPNetwork ChooseIPv6(IPNetwork host, IEnumerable<TakenRange> taken)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Bounds(host);
        return FirstClear(first, last, 64, Sorted(taken, AddressFamily.InterNetworkV6)) is { } found
            ? new IPNetwork(AddressNumber.ToAddress(found, AddressFamily.InterNetworkV6), 64)
            : throw new BridgeNetException(ErrorIds.NoFreeSubnet, ProblemCategory.LimitsExceeded,
                $"No IPv6 subnet is left in {host}, the unique local range of this host; give one with -Subnet, or remove networks.");
    }

    /// <summary>The unique local /48 (RFC 4193) of a host: the same at every call, another on every host, as Docker's is (moby: deriveULABaseNetwork).</summary>
    /// <param name="hostId">What tells the host from others, such as its machine id.</param>
    public static IPNetwork UniqueLocal(string hostId)
    {
        byte[] bytes = new byte[16];
        bytes[0] = 0xfd;
        SHA256.HashData(Encoding.UTF8.GetBytes(hostId)).AsSpan(0, 5).CopyTo(bytes.AsSpan(1));
        return new IPNetwork(new IPAddress(bytes), 48);
    }

    /// <summary>The first range that shares an address with the subnet; null when it is clear.</summary>
    public static TakenRange? FindOverlap(IPNetwork subnet, IEnumerable<TakenRange> taken) =>
        taken.FirstOrDefault(range => range.Network.Contains(subnet.BaseAddress) || subnet.Contains(range.Network.BaseAddress));

    private static (UInt128 First, UInt128 Last)[] Sorted(IEnumerable<TakenRange> taken, AddressFamily family) =>
        [.. taken.Where(range => range.Network.BaseAddress.AddressFamily == family).Select(range => AddressNumber.Bounds(range.Network)).OrderBy(bounds => bounds.First)];

    /// <summary>The first aligned block of 2^<paramref name="hostBits"/> addresses; one walk, for the ranges are sorted and a candidate moves past each at most once.</summary>
    private static UInt128? FirstClear(UInt128 from, UInt128 to, int hostBits, (UInt128 First, UInt128 Last)[] ranges)
    {
        UInt128 size = UInt128.One << hostBits;
        UInt128 candidate = (from + size - 1) / size * size;
        foreach ((UInt128 first, UInt128 last) in ranges)
        {
            if (last < candidate)
                continue;
            if (first > candidate + size - 1)
                break;
            candidate = ((last / size) + 1) * size;
        }
        return candidate + size - 1 <= to ? candidate : null;
    }
}
