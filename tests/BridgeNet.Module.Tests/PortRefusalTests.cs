using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>Ports that cannot be published, or are not.</summary>
public sealed class PortRefusalTests(RefusalLab lab) : RefusalTests(lab), IClassFixture<RefusalLab>
{
    [Theory]
    [InlineData("New-BridgeContainer x user1 -Publish '99999:80'", "InvalidPort", ErrorCategory.InvalidArgument, "99999:80", "1 to 65535")]
    [InlineData("New-BridgeContainer x user1 -Publish 'foo:80'", "InvalidPort", ErrorCategory.InvalidArgument, "foo:80", "1 to 65535")]
    [InlineData("New-BridgeContainer x user1 -Publish '80:99999'", "InvalidPort", ErrorCategory.InvalidArgument, "80:99999", "1 to 65535")]
    [InlineData(
        "New-BridgeContainer x user1 -Publish '80:80/foo'",
        "InvalidPort",
        ErrorCategory.InvalidArgument,
        "80:80/foo",
        "tcp, udp or sctp"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -Publish 'foo:8081:80'",
        "InvalidPort",
        ErrorCategory.InvalidArgument,
        "foo:8081:80",
        "not an address of the host"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -Publish '8081-8083:80-81'",
        "InvalidPort",
        ErrorCategory.InvalidArgument,
        "8081-8083:80-81",
        "two ranges of the same length"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -Publish '8083-8081:80'",
        "InvalidPort",
        ErrorCategory.InvalidArgument,
        "8083-8081:80",
        "write 8081-8083"
    )]
    [InlineData("New-BridgeContainer x user1 -Publish '0-5:80'", "InvalidPort", ErrorCategory.InvalidArgument, "0-5:80", "begin it at 1")]
    [InlineData("New-BridgeContainer x user1 -Publish ':'", "InvalidPort", ErrorCategory.InvalidArgument, ":", "names no port")]
    [InlineData("New-BridgeContainer x user1 -Publish ''", "InvalidPort", ErrorCategory.InvalidArgument, "", "names no port")]
    [InlineData("New-BridgeContainer x user1 -Publish '8081:'", "InvalidPort", ErrorCategory.InvalidArgument, "8081:", "names no port")]
    [InlineData(
        "New-BridgeContainer x user1 -Publish '0:0'",
        "InvalidPort",
        ErrorCategory.InvalidArgument,
        "0:0",
        "nothing can listen on port 0"
    )] // Docker takes it
    [InlineData(
        "New-BridgeContainer x user1 -Publish '[::1:8081:80'",
        "InvalidPort",
        ErrorCategory.InvalidArgument,
        "[::1:8081:80",
        "address in brackets"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -Publish 1.2.3.4:8081:80",
        "InvalidPort",
        ErrorCategory.InvalidArgument,
        "x",
        "no address 1.2.3.4"
    )]
    [InlineData("Publish-BridgePort ca 1.2.3.4:8081:80", "InvalidPort", ErrorCategory.InvalidArgument, "ca", "no address 1.2.3.4")]
    public void Specifications(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("New-BridgeContainer x user1 -Publish 8080:80", "PortInUse", ErrorCategory.ResourceExists, "x", "container 'web'")]
    [InlineData(
        "New-BridgeContainer x user1 -Publish 127.0.0.1:8080:80",
        "PortInUse",
        ErrorCategory.ResourceExists,
        "x",
        "container 'web'"
    )]
    [InlineData("New-BridgeContainer x user1 -Publish 9090:80", "PortInUse", ErrorCategory.ResourceExists, "x", "by the process")]
    [InlineData("New-BridgeContainer x user1 -Publish 127.0.0.1:9090:80", "PortInUse", ErrorCategory.ResourceExists, "x", "by the process")]
    [InlineData("New-BridgeContainer x user1 -Publish 8081:80, 8081:81", "PortInUse", ErrorCategory.ResourceExists, "x", "container 'x'")]
    [InlineData(
        "New-BridgeContainer x user1 -Publish 8081:80, 8080:80, 5353:53/udp",
        "PortInUse",
        ErrorCategory.ResourceExists,
        "x",
        "choose another"
    )]
    [InlineData("Connect-BridgeNetwork user1 cb -Publish 8080:80", "PortInUse", ErrorCategory.ResourceExists, "cb", "container 'web'")]
    [InlineData("Publish-BridgePort ca 8080:80", "PortInUse", ErrorCategory.ResourceExists, "ca", "container 'web'")]
    [InlineData("Publish-BridgePort web 8080:80", "PortInUse", ErrorCategory.ResourceExists, "web", "container 'web'")]
    [InlineData("Publish-BridgePort web 9090:80", "PortInUse", ErrorCategory.ResourceExists, "web", "by the process")]
    public void Ports_that_are_in_use(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData(
        "Publish-BridgePort hostc 80",
        "InvalidPort",
        ErrorCategory.InvalidOperation,
        "hostc",
        "already open at the host's addresses"
    )]
    [InlineData("Publish-BridgePort nonec 80", "NotConnected", ErrorCategory.ObjectNotFound, "nonec", "connect it first")]
    [InlineData("Publish-BridgePort ca 80 -Network auto1", "NotConnected", ErrorCategory.ObjectNotFound, "ca", "connect it first")]
    public void Containers_that_cannot(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("Get-BridgePort web 81", "PortNotFound", ErrorCategory.ObjectNotFound, "web", "Get-BridgePort lists")]
    [InlineData("Get-BridgePort web 80 -Protocol udp", "PortNotFound", ErrorCategory.ObjectNotFound, "web", "80/udp")]
    [InlineData("Unpublish-BridgePort web 81", "PortNotFound", ErrorCategory.ObjectNotFound, "web", "Get-BridgePort lists")]
    [InlineData(
        "Unpublish-BridgePort web 80 -HostPort 8081",
        "PortNotFound",
        ErrorCategory.ObjectNotFound,
        "web",
        "at port 8081 of the host"
    )]
    [InlineData("Unpublish-BridgePort web 80 -Protocol udp", "PortNotFound", ErrorCategory.ObjectNotFound, "web", "80/udp")]
    public void Ports_that_are_not_published(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("Publish-BridgePort ca ''", "ParameterArgumentValidationError")]
    [InlineData("Get-BridgePort web 99999", "ParameterArgumentValidationError")]
    [InlineData("Unpublish-BridgePort web 0", "InvalidPort")]
    [InlineData("Unpublish-BridgePort web 80 -Protocol foo", "ParameterArgumentValidationError")]
    public void Values_that_are_no_port(string command, string errorId) => RefusedByPowerShell(command, errorId);

    [Theory]
    [InlineData("(New-BridgeContainer x user1 -Publish 8080-8083:80).Ports", "0.0.0.0:8081->80/tcp")] // the first that is free
    [InlineData("(New-BridgeContainer x user1 -Publish 0:80).Ports[0].HostPort -ge 1024", "True")]
    [InlineData("(New-BridgeContainer x user1 -Publish 80).Ports[0].HostPort -ge 1024", "True")]
    [InlineData("(New-BridgeContainer x user1 -Publish 5353:53/udp).Ports", "0.0.0.0:5353->53/udp")]
    [InlineData("(New-BridgeContainer x user1 -Publish 8080:80/udp).Ports", "0.0.0.0:8080->80/udp")] // another protocol
    [InlineData("(New-BridgeContainer x user1 -Publish 8100-8102:90-92).Ports.Count", "3")]
    public void Ports_that_can_be_had(string command, string gives) => Accepts(command, gives);
}
