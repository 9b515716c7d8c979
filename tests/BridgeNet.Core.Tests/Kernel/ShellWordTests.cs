using BridgeNet.Kernel;
using Xunit;

namespace BridgeNet.Core.Tests.Kernel;

/// <summary>Names that root in a container gives, in commands and on a terminal.</summary>
public sealed class ShellWordTests
{
    [Theory]
    [InlineData("eth0", "eth0")]
    [InlineData("br-0a.12@x", "br-0a.12@x")]
    [InlineData("$(id)", "$'$(id)'")]
    [InlineData("x';id", "$'x\\';id'")]
    [InlineData("a\\b", "$'a\\\\b'")]
    [InlineData("e\u001b]0;own\a", "$'e\\x1b]0;own\\x07'")]
    [InlineData("\u009b2J", "$'\\xc2\\x9b2J'")]
    [InlineData("a\u202eb", "$'a\\xe2\\x80\\xaeb'")]
    [InlineData("é", "$'é'")]
    [InlineData("/run/x;touch y", "$'/run/x;touch y'")]
    [InlineData("/run/netns/c1", "/run/netns/c1")]
    public void It_is_one_word_and_shows_what_it_is(string name, string word) => Assert.Equal(word, ShellWord.Of(name));

    [Fact]
    public void A_byte_that_is_no_text_is_shown_as_it_is() => Assert.Equal("$'x\\xff'", ShellWord.Of("x\udcff"));
}
