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
    public static IPNetwork Choose(IReadOnlyList<PrefixSet> taken, int? prefixLength = null)
    {
        foreach ((string from, string to, int length) in s_pools)
        {
            if (
                FirstClear(
                    AddressNumber.Of(IPAddress.Parse(from)),
                    AddressNumber.Of(IPAddress.Parse(to)),
                    32 - (prefixLength ?? length),
                    taken
                ) is
                { } found
            )
                return new IPNetwork(AddressNumber.ToAddress(found, AddressFamily.InterNetwork), prefixLength ?? length);
        }
        throw new BridgeNetException(
            ErrorIds.NoFreeSubnet,
            ProblemCategory.LimitsExceeded,
            prefixLength is null
                ? "No subnet is left in the pools (172.17-31.0.0/16, 192.168.0.0/16 as /20, 10.89-255.0.0 as /24); give one with -Subnet, or remove networks."
                : $"No /{prefixLength} is left in the pools (172.17.0.0-172.31.255.255, 192.168.0.0/16, 10.89.0.0-10.255.255.255); give one with -Subnet, or ask for a longer prefix."
        );
    }

    /// <summary>The first /64 of the host's own /48 that is clear of everything taken.</summary>
    /// <exception cref="BridgeNetException">NoFreeSubnet.</exception>
    public static IPNetwork ChooseIPv6(IPNetwork host, IReadOnlyList<PrefixSet> taken)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Bounds(host);
        return FirstClear(first, last, 64, taken) is { } found
            ? new IPNetwork(AddressNumber.ToAddress(found, AddressFamily.InterNetworkV6), 64)
            : throw new BridgeNetException(
                ErrorIds.NoFreeSubnet,
                ProblemCategory.LimitsExceeded,
                $"No IPv6 subnet is left in {host}, the unique local range of this host; give one with -Subnet, or remove networks."
            );
    }

    /// <summary>The unique local /48 (RFC 4193) of a host: the same at every call, another on every host, as Docker's is (moby: deriveULABaseNetwork).</summary>
    /// <param name="hostId">What distinguishes the host from others, such as its machine id.</param>
    public static IPNetwork UniqueLocal(string hostId)
    {
        byte[] bytes = new byte[16];
        bytes[0] = 0xfd;
        SHA256.HashData(Encoding.UTF8.GetBytes(hostId)).AsSpan(0, 5).CopyTo(bytes.AsSpan(1));
        return new IPNetwork(new IPAddress(bytes), 48);
    }

    /// <summary>A range of the same family that shares an address with the subnet, a network's before a route's to it; null when it is clear.</summary>
    public static UsedPrefix? FindOverlap(IPNetwork subnet, IEnumerable<UsedPrefix> taken)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Bounds(subnet);
        return taken.Where(range => range.First <= last && range.Last >= first).MinBy(static range => range.By);
    }

    /// <summary>The first aligned block of 2^<paramref name="hostBits"/> addresses; one walk of each list, for they are sorted and a candidate moves past each range at most once.</summary>
    private static UInt128? FirstClear(UInt128 from, UInt128 to, int hostBits, IReadOnlyList<PrefixSet> taken)
    {
        UInt128 size = UInt128.One << hostBits;
        UInt128 candidate = (from + size - 1) / size * size;
        Span<int> at = stackalloc int[taken.Count];
        for (bool moved = true; moved; )
        {
            moved = false;
            for (int i = 0; i < at.Length; i++)
            {
                PrefixSet ranges = taken[i];
                for (; at[i] < ranges.Count; at[i]++)
                {
                    UsedPrefix range = ranges[at[i]];
                    if (range.Last < candidate)
                        continue;
                    if (range.First > candidate + size - 1)
                        break;
                    candidate = ((range.Last >> hostBits) + 1) << hostBits;
                    moved = true;
                }
            }
        }
        return candidate + size - 1 <= to ? candidate : null;
    }
}
