using System.Net;
using BridgeNet.Model;
using BridgeNet.Ports;
using Xunit;

namespace BridgeNet.Core.Tests.Ports;

public sealed class PortSpecificationTests
{
    [Theory]
    [InlineData("8080:80", ":", 8080, 8080, 80, "tcp")]
    [InlineData("127.0.0.1:8080:80/tcp", "127.0.0.1", 8080, 8080, 80, "tcp")]
    [InlineData("5353:53/udp", ":", 5353, 5353, 53, "udp")]
    [InlineData("36412:36412/SCTP", ":", 36412, 36412, 36412, "sctp")]
    [InlineData("80", ":", 0, 0, 80, "tcp")]
    [InlineData(":80", ":", 0, 0, 80, "tcp")]
    [InlineData("0:80", ":", 0, 0, 80, "tcp")]
    [InlineData("80/", ":", 0, 0, 80, "tcp")]
    [InlineData("80/udp", ":", 0, 0, 80, "udp")]
    [InlineData("127.0.0.1::80", "127.0.0.1", 0, 0, 80, "tcp")]
    [InlineData("[::1]:8080:80", "::1", 8080, 8080, 80, "tcp")]
    [InlineData("[2001:db8::1]::80", "2001:db8::1", 0, 0, 80, "tcp")]
    [InlineData("2001:db8::1:8080:80", "2001:db8::1", 8080, 8080, 80, "tcp")]
    [InlineData("[::ffff:192.0.2.1]:8080:80", "192.0.2.1", 8080, 8080, 80, "tcp")]
    [InlineData("[::]:8080:80", "::", 8080, 8080, 80, "tcp")]
    [InlineData("0.0.0.0:8080:80", "0.0.0.0", 8080, 8080, 80, "tcp")]
    [InlineData("8081-8083:80", ":", 8081, 8083, 80, "tcp")]
    [InlineData("8081-8081:80-80", ":", 8081, 8081, 80, "tcp")]
    [InlineData("65535:65535", ":", 65535, 65535, 65535, "tcp")]
    [InlineData("1:1", ":", 1, 1, 1, "tcp")]
    public void One_port(string text, string address, int hostPort, int hostPortEnd, int containerPort, string protocol) =>
        Assert.Equal(
            [
                new PortRequest(
                    address == ":" ? null : IPAddress.Parse(address),
                    (ushort)hostPort,
                    (ushort)hostPortEnd,
                    (ushort)containerPort,
                    protocol
                ),
            ],
            Accepted(text)
        );

    [Fact]
    public void Ranges_of_the_same_length_go_in_pairs()
    {
        IReadOnlyList<PortRequest> requests = Accepted("8000-8010:80-90/udp");
        Assert.Equal(11, requests.Count);
        Assert.Equal(new PortRequest(null, 8000, 8000, 80, "udp"), requests[0]);
        Assert.Equal(new PortRequest(null, 8010, 8010, 90, "udp"), requests[10]);
    }

    [Theory]
    [InlineData("80-82")]
    [InlineData(":80-82")]
    public void A_range_of_the_container_alone_gets_free_ports(string text) =>
        Assert.Equal(
            [new PortRequest(null, 0, 0, 80, "tcp"), new PortRequest(null, 0, 0, 81, "tcp"), new PortRequest(null, 0, 0, 82, "tcp")],
            Accepted(text)
        );

    [Fact]
    public void All_ports_there_are() => Assert.Equal(65535, Accepted("1-65535:1-65535").Count);

    [Theory]
    [InlineData("", "'' names no port of the container: write [ADDRESS:][HOSTPORT:]PORT[/PROTOCOL], such as")]
    [InlineData(":", "':' names no port of the container")]
    [InlineData("8081:", "'8081:' names no port of the container")]
    [InlineData("/tcp", "'/tcp' names no port of the container")]
    [InlineData("99999:80", "'99999' is not a port of the host: use a number from 1 to 65535, or a range such as 8000-8010.")]
    [InlineData("65536:80", "'65536' is not a port of the host")]
    [InlineData("foo:80", "'foo' is not a port of the host")]
    [InlineData("8080:foo", "'foo' is not a port of the container")]
    [InlineData("-1:80", "'-1' is not a port of the host")]
    [InlineData(" 8080:80", "' 8080' is not a port of the host")]
    [InlineData("+8080:80", "'+8080' is not a port of the host")]
    [InlineData("8080:80\0", "is not a port of the container")]
    [InlineData("٣:80", "'٣' is not a port of the host")]
    [InlineData("8000-8010-8020:80", "'8000-8010-8020' is not a port of the host")]
    [InlineData("8000-:80", "'8000-' is not a port of the host")]
    [InlineData("0:0", "'0' is not a port of the container, because nothing can listen on port 0: use 1 to 65535.")]
    [InlineData("0-5:80-85", "'0-5' of the host begins at 0")]
    [InlineData("8010-8000:80", "The range '8010-8000' of the host is in the wrong order: write 8000-8010.")]
    [InlineData("80:80/foo", "'foo' is not a supported protocol: use tcp, udp or sctp.")]
    [InlineData("80:80/tcp/udp", "'tcp/udp' is not a supported protocol")]
    [InlineData("80/udp:80", "'80/udp' is not a port of the host")]
    [InlineData(
        "foo:8081:80",
        "'foo' is not an address of the host: write an IPv4 address such as 127.0.0.1, or an IPv6 address in brackets such as [::1]."
    )]
    [InlineData("1.2.3:8081:80", "'1.2.3' is not an address of the host")]
    [InlineData("1:8081:80", "'1' is not an address of the host")]
    [InlineData("010.0.0.1:8081:80", "'010.0.0.1' is not an address of the host")]
    [InlineData("1.2.3.256:8081:80", "'1.2.3.256' is not an address of the host")]
    [InlineData("[fe80::1%eth0]:80:80", "'fe80::1%eth0' is not an address of the host")]
    [InlineData("[::1]:80", "write [::1]:8080:80, or [::1]::80 for a free port of the host")]
    [InlineData("[::1]", "has invalid text after the address in brackets")]
    [InlineData("[::1:8080:80", "has invalid text after the address in brackets")]
    [InlineData("[]:8080:80", "'' is not an address of the host")]
    [InlineData(
        "8081-8083:80-81",
        "'8081-8083:80-81' pairs 3 host ports with 2 of the container: give two ranges of the same length, or leave the host ports out to use free ones."
    )]
    [InlineData("8080:80-81", "'8080:80-81' pairs 1 host port with 2 of the container")]
    public void A_refusal_says_what_is_right(string text, string expected)
    {
        Problem problem = Assert.Single(Refused(text));
        Assert.Equal((ErrorIds.InvalidPort, ProblemCategory.InvalidArgument, text), (problem.ErrorId, problem.Category, problem.Target));
        Assert.Contains(expected, problem.Message);
        Assert.EndsWith(".", problem.Message);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once() => Assert.Equal(4, Refused("nowhere:0-5:99999/icmp").Count);

    [Fact]
    public void Null_is_refused_like_nothing()
    {
        List<Problem> problems = [];
        Assert.Empty(PortSpecification.Parse(null, problems));
        Assert.Single(problems);
    }

    /// <summary>What Docker Engine 26.1 said to each; it takes container port 0, and then publishes nothing that works.</summary>
    [Theory]
    [InlineData("8080:80", true)]
    [InlineData("127.0.0.1:8080:80", true)]
    [InlineData("9090:80", true)]
    [InlineData("99999:80", false)]
    [InlineData("foo:80", false)]
    [InlineData("80:80/foo", false)]
    [InlineData("1.2.3.4:8081:80", true)] // refused later, for the host has no such address
    [InlineData("foo:8081:80", false)]
    [InlineData("8081-8083:80", true)]
    [InlineData("8081-8083:80-81", false)]
    [InlineData("0:80", true)]
    [InlineData("80", true)]
    [InlineData("5353:53/udp", true)]
    [InlineData(":", false)]
    [InlineData("", false)]
    [InlineData("8081:", false)]
    public void Verdicts_are_Dockers(string text, bool accepted)
    {
        List<Problem> problems = [];
        Assert.Equal(accepted, PortSpecification.Parse(text, problems).Count > 0);
        Assert.Equal(accepted, problems.Count == 0);
    }

    [Fact]
    public void Any_input_is_either_read_or_refused()
    {
        const int count = 100_000;
        string[] pieces =
        [
            "0",
            "1",
            "80",
            "8080",
            "8000-8010",
            "80-90",
            "65535",
            "65536",
            "99999",
            "-",
            ":",
            ":",
            ":",
            "::",
            "/",
            "/tcp",
            "/udp",
            "/sctp",
            "[",
            "]",
            "[::1]",
            "::1",
            "127.0.0.1",
            "2001:db8::1",
            ".",
            "f",
            "%eth0",
            " ",
            "\0",
            "é",
            "😀",
            "\ud800",
            "\n",
            "+",
            "٣",
        ];
        var random = new Random(20240501);
        int accepted = 0;
        for (int i = 0; i < count; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)]));
            List<Problem> problems = [];
            IReadOnlyList<PortRequest> requests = PortSpecification.Parse(text, problems);
            Assert.True(requests.Count > 0 ^ problems.Count > 0, text);
            accepted += requests.Count > 0 ? 1 : 0;
            Assert.All(
                requests.Take(20),
                request =>
                {
                    Assert.True(
                        request.ContainerPort > 0
                            && request.HostPort <= request.HostPortEnd
                            && request.HostPort == 0 == (request.HostPortEnd == 0),
                        text
                    );
                    Assert.Equal([request], Accepted(request.ToString()));
                }
            );
        }
        Assert.InRange(accepted, count / 50, count); // so that the other half is tried too
    }

    private static IReadOnlyList<PortRequest> Accepted(string text)
    {
        List<Problem> problems = [];
        IReadOnlyList<PortRequest> requests = PortSpecification.Parse(text, problems);
        Assert.Empty(problems);
        return requests;
    }

    private static List<Problem> Refused(string text)
    {
        List<Problem> problems = [];
        Assert.Empty(PortSpecification.Parse(text, problems));
        return problems;
    }
}
