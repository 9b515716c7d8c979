using System.Net;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Model;

public sealed class PrefixSetTests
{
    [Fact]
    public void Prefixes_stay_sorted_and_unique()
    {
        Random random = new(20261124);
        PrefixSet ranges = new([]);
        HashSet<UsedPrefix> expected = [];
        for (int i = 0; i < 5000; i++)
        {
            UsedPrefix range = new(
                AddressNumber.Subnet(
                    new IPAddress([10, (byte)random.Next(4), (byte)random.Next(4), (byte)random.Next(256)]),
                    random.Next(20, 33)
                ),
                (UsedBy)random.Next(4),
                $"{random.Next(2)}",
                random.Next(3)
            );
            switch (random.Next(20))
            {
                case 0:
                    ranges.RemoveLink(range.LinkIndex);
                    expected.RemoveWhere(other => other.LinkIndex == range.LinkIndex);
                    break;
                case < 8:
                    ranges.Remove(range);
                    expected.Remove(range);
                    break;
                default:
                    ranges.Add(range);
                    expected.Add(range);
                    break;
            }
            Assert.Equal(expected.Count, ranges.Count);
        }
        Assert.NotEmpty(expected);
        Assert.Equal(ranges, new PrefixSet([.. expected, .. expected]));
        Assert.True(expected.SetEquals(ranges));
        Assert.Equal(ranges.Select(static range => range.First), ranges.Select(static range => range.First).Order());
    }
}
