using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace BridgeNet.Model;

/// <summary>A range of addresses of one family, first and last included: a CIDR, or <c>10.0.0.20-10.0.0.40</c>.</summary>
internal readonly record struct AddressRange : IParsable<AddressRange>
{
    /// <summary>Creates a range from two addresses of one family, the lower one first.</summary>
    /// <exception cref="ArgumentException">The addresses are of different families, or in the wrong order.</exception>
    public AddressRange(IPAddress first, IPAddress last)
    {
        if (first.AddressFamily != last.AddressFamily || AddressNumber.Of(first) > AddressNumber.Of(last))
            throw new ArgumentException(
                $"{first} to {last} is not a range: give two addresses of one family, the lower one first.",
                nameof(last)
            );
        (First, Last) = (first, last);
    }

    /// <summary>The lowest address.</summary>
    public IPAddress First { get; }

    /// <summary>The highest address.</summary>
    public IPAddress Last { get; }

    /// <summary>The number of addresses.</summary>
    public BigInteger Count => (BigInteger)(AddressNumber.Of(Last) - AddressNumber.Of(First)) + 1;

    /// <summary>The range of a whole subnet.</summary>
    public static AddressRange Of(IPNetwork subnet)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Bounds(subnet);
        return new AddressRange(
            AddressNumber.ToAddress(first, subnet.BaseAddress.AddressFamily),
            AddressNumber.ToAddress(last, subnet.BaseAddress.AddressFamily)
        );
    }

    /// <summary>Whether the range contains an address.</summary>
    public bool Contains(IPAddress address) =>
        address.AddressFamily == First.AddressFamily
        && AddressNumber.Of(address) >= AddressNumber.Of(First)
        && AddressNumber.Of(address) <= AddressNumber.Of(Last);

    /// <inheritdoc/>
    public static AddressRange Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out AddressRange range)
            ? range
            : throw new FormatException($"'{s}' is not a range of addresses; write 10.20.5.0/24 or 10.20.5.10-10.20.5.99.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out AddressRange result)
    {
        result = default;
        if (s?.Split('-') is [var from, var to])
        {
            if (
                AddressNumber.Parse(from) is not { } first
                || AddressNumber.Parse(to) is not { } last
                || first.AddressFamily != last.AddressFamily
                || AddressNumber.Of(first) > AddressNumber.Of(last)
            )
            {
                return false;
            }
            result = new AddressRange(first, last);
            return true;
        }
        // Stricter than IPNetwork, which accepts host bits, 10.20/16 and 010.0.0.0/8.
        if (
            s?.Split('/') is not [var address, var digits]
            || AddressNumber.Parse(address) is not { } start
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > AddressNumber.Bits(start.AddressFamily)
            || AddressNumber.Subnet(start, length) is var subnet && !subnet.BaseAddress.Equals(start)
        )
        {
            return false;
        }
        result = Of(subnet);
        return true;
    }

    /// <summary>A CIDR if the range is one, otherwise <c>FIRST-LAST</c>.</summary>
    public override string ToString()
    {
        if (First is null)
            return "";
        UInt128 first = AddressNumber.Of(First),
            size = AddressNumber.Of(Last) - first + 1;
        bool aligned = size != 0 && UInt128.IsPow2(size) && first % size == 0;
        int bits = First.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        return aligned ? $"{First}/{bits - (int)UInt128.Log2(size)}" : $"{First}-{Last}";
    }
}
