using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>Chooses automatic subnets.</summary>
internal static class SubnetPool
{
    /// <summary>
    /// Docker's default pools in its order (moby: ipamutils/utils.go), then /24s from podman's range, so that there are enough for more
    /// than 31 networks, even for a thousand.
    /// </summary>
    private static readonly (string First, string Last, int PrefixLength)[] s_pools =
    [
        ("172.17.0.0", "172.31.255.255", 16),
        ("192.168.0.0", "192.168.255.255", 20),
        ("10.89.0.0", "10.255.255.255", 24),
    ];

    /// <summary>The first subnet of the pools that overlaps no used prefix.</summary>
    /// <param name="taken">The used prefixes.</param>
    /// <param name="prefixLength">The requested prefix length, 8 to 30; null for each pool's own.</param>
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
                ? "No subnet is left in the pools (172.17-31.0.0/16, 192.168.0.0/16 as /20, 10.89-255.0.0 as /24); give a subnet, or remove networks."
                : $"No /{prefixLength} is left in the pools (172.17.0.0-172.31.255.255, 192.168.0.0/16, 10.89.0.0-10.255.255.255); give a subnet, or a longer prefix length."
        );
    }

    /// <summary>The first /64 of the host's own /48 that overlaps no used prefix.</summary>
    /// <exception cref="BridgeNetException">NoFreeSubnet.</exception>
    public static IPNetwork ChooseIPv6(IPNetwork host, IReadOnlyList<PrefixSet> taken)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Bounds(host);
        return FirstClear(first, last, 64, taken) is { } found
            ? new IPNetwork(AddressNumber.ToAddress(found, AddressFamily.InterNetworkV6), 64)
            : throw new BridgeNetException(
                ErrorIds.NoFreeSubnet,
                ProblemCategory.LimitsExceeded,
                $"No IPv6 subnet is left in {host}, the unique local range of this host; give a subnet, or remove networks."
            );
    }

    /// <summary>
    /// The unique local /48 (RFC 4193) of a host: constant on one host and different on every host, as Docker's (moby:
    /// deriveULABaseNetwork).
    /// </summary>
    /// <param name="hostId">An id of the host, such as its machine id.</param>
    public static IPNetwork UniqueLocal(string hostId)
    {
        byte[] bytes = new byte[16];
        bytes[0] = 0xfd;
        SHA256.HashData(Encoding.UTF8.GetBytes(hostId)).AsSpan(0, 5).CopyTo(bytes.AsSpan(1));
        return new IPNetwork(new IPAddress(bytes), 48);
    }

    /// <summary>A prefix of the same family that overlaps the subnet, preferring a network over its route; null if there is none.</summary>
    public static UsedPrefix? FindOverlap(IPNetwork subnet, IEnumerable<UsedPrefix> taken)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Bounds(subnet);
        return taken.Where(range => range.First <= last && range.Last >= first).MinBy(static range => range.By);
    }

    /// <summary>
    /// The first free aligned block of 2^<paramref name="hostBits"/> addresses. One pass over each list is enough, because they are sorted
    /// and a candidate moves past each prefix at most once.
    /// </summary>
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
