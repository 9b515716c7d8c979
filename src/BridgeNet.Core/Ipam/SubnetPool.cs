using System.Net;
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
    /// <exception cref="BridgeNetException">NoFreeSubnet.</exception>
    public static IPNetwork Choose(IEnumerable<TakenRange> taken)
    {
        (uint First, uint Last)[] ranges = [.. taken
            .Where(range => range.Network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            .Select(range => AddressNumber.Bounds(range.Network)).OrderBy(bounds => bounds.First)];
        foreach ((string from, string to, int prefixLength) in s_pools)
        {
            ulong size = 1UL << (32 - prefixLength);
            ulong candidate = AddressNumber.Of(IPAddress.Parse(from)), end = AddressNumber.Of(IPAddress.Parse(to));
            // One walk over both: the ranges are sorted, so a candidate moves past each at most once.
            foreach ((uint first, uint last) in ranges)
            {
                if (last < candidate)
                    continue;
                if (first > candidate + size - 1)
                    break;
                candidate = ((last / size) + 1) * size;
            }
            if (candidate + size - 1 <= end)
                return new IPNetwork(AddressNumber.ToAddress((uint)candidate), prefixLength);
        }
        throw new BridgeNetException(ErrorIds.NoFreeSubnet, ProblemCategory.LimitsExceeded,
            "No subnet is left in the pools (172.17-31.0.0/16, 192.168.0.0/16 as /20, 10.89-255.0.0 as /24); give one with -Subnet, or remove networks.");
    }

    /// <summary>The first range that shares an address with the subnet; null when it is clear.</summary>
    public static TakenRange? FindOverlap(IPNetwork subnet, IEnumerable<TakenRange> taken) =>
        taken.FirstOrDefault(range => range.Network.Contains(subnet.BaseAddress) || subnet.Contains(range.Network.BaseAddress));
}
