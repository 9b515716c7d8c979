namespace BridgeNet.Model;

/// <summary>Foreign text, made safe for messages.</summary>
internal static class Display
{
    /// <summary>The text, shortened, and without characters that move the cursor of a terminal.</summary>
    public static string Of(string text) =>
        string.Concat(text.Take(80).Select(static letter => char.IsControl(letter) ? '\uFFFD' : letter)) + (text.Length > 80 ? "…" : "");
}
