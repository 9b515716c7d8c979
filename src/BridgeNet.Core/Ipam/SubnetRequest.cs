using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>Checks the subnet and gateway that a user typed.</summary>
internal static class SubnetRequest
{
    private static readonly (IPNetwork Range, string What)[] s_unusable =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "\"this network\""),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
    ];

    /// <summary>The configuration, with the first usable address as gateway if none is given; null when a problem was added.</summary>
    public static IpamConfig? Validate(string? subnet, string? gateway, ICollection<Problem> problems, string target)
    {
        if (subnet is null)
        {
            problems.Add(new(ErrorIds.InvalidGateway, ProblemCategory.InvalidArgument, "A gateway needs a subnet to lie in; give -Subnet too.", target));
            return null;
        }
        IPNetwork? parsed = ParseSubnet(subnet, problems, target);
        IPAddress? address = gateway is null ? null : ParseAddress(gateway);
        if (gateway is not null && address is null)
        {
            problems.Add(new(ErrorIds.InvalidGateway, ProblemCategory.InvalidArgument, $"The gateway '{gateway}' is not an IPv4 address, such as 10.20.0.1.", target));
            return null;
        }
        if (parsed is not { } network)
            return null;
        (uint first, uint last) = AddressNumber.Usable(network);
        address ??= AddressNumber.ToAddress(first);
        if (!network.Contains(address))
        {
            problems.Add(new(ErrorIds.InvalidGateway, ProblemCategory.InvalidArgument, $"The gateway {address} is outside the subnet {network}.", target));
            return null;
        }
        uint number = AddressNumber.Of(address);
        if (number < first || number > last)
        {
            problems.Add(new(ErrorIds.InvalidGateway, ProblemCategory.InvalidArgument,
                $"The gateway {address} is the {(number < first ? "network" : "broadcast")} address of {network}; use one from {AddressNumber.ToAddress(first)} to {AddressNumber.ToAddress(last)}.", target));
            return null;
        }
        return new IpamConfig { Subnet = network, Gateway = address };
    }

    /// <summary>Four decimal numbers without leading zeros; <c>10.1</c> and <c>010.0.0.1</c>, which .NET reads in C's way, are refused.</summary>
    public static IPAddress? ParseAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text ? address : null;

    private static IPNetwork? ParseSubnet(string text, ICollection<Problem> problems, string target)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2 || ParseAddress(parts[0]) is not { } address
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length is < 1 or > 32)
        {
            problems.Add(new(ErrorIds.InvalidSubnet, ProblemCategory.InvalidArgument, $"The subnet '{text}' is not in CIDR form, such as 10.20.0.0/16.", target));
            return null;
        }
        IPNetwork meant = new(AddressNumber.ToAddress(AddressNumber.Of(address) & (uint)(ulong.MaxValue << (32 - length))), length);
        if (!meant.BaseAddress.Equals(address))
        {
            problems.Add(new(ErrorIds.InvalidSubnet, ProblemCategory.InvalidArgument, $"The subnet '{text}' has host bits set; did you mean {meant}?", target));
            return null;
        }
        foreach ((IPNetwork range, string what) in s_unusable)
        {
            if (range.Contains(address) || meant.Contains(range.BaseAddress))
            {
                problems.Add(new(ErrorIds.InvalidSubnet, ProblemCategory.InvalidArgument, $"The subnet {meant} is in the {what} range {range}, which no network can use.", target));
                return null;
            }
        }
        return meant;
    }
}
