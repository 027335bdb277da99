extension Issuer {
  /// A key for these tests alone; making one takes a second.
  static let rsaPEM = """
    -----BEGIN PRIVATE KEY-----
    MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDiRyZBJ7TwYRwM
    CSJ7dw4idfcOTdH5wooKOBQ6gwHNCx3LrsmSxYYOsjld2We5Gw7swmI7uEoLj2sQ
    ITCvt/LiSkCGTmuhJ3flFa3cSg3J6LQBeGHVEE7yMa19mM3lkyr/76Xm3F4WaSlU
    vSmIuwHHwAn3Sgm8Hr4QOBfcOE65Q0yYLt+Ezxgr+WJUkkDPDX4uAYPs0gtqQKZo
    TCQQXBuWOc4v0r22Iijedd0eJSeh3bB9LvD1OZWk4F42886Ol1RXNXeHv91WaFYx
    Khus8hyR4jb1ohEhWbFZLGwBhnmJfpameJgghy4sHifzVbHzvXS31Fwbl1fOxRGx
    hlM5drbvAgMBAAECggEAEwoul1vqdzGMpRydqKrnZxHrBGqa6PusFtkKJrRAUgsF
    6k4eSvnQ4mqvtgxllGdI9bYTgvfqTxe1yAkq6hY92zmpPUPa/ZfvGDkfRIJ8r4kj
    oF4LSVzSb8GrWf6iEJe2DgwRtx/C0PrvTeCO3qDxsOehTwwNTqV9k6rMoyyfvynY
    fmquvScOzQBSlcVCLglDavcjRfxrsotLO8Q4+UoLdXTwzLGaAvB1yX6368krmnYo
    6VWDB5iFNmX82h7T8CRAY8rmSUiR9pmS657eo0qwN9bjpigQdPyjnE50EQ/AzrzY
    JwJ4O78ANTBWGSktCQj2uT+lCh2HAyikwqL7MKGYeQKBgQD6ajrymo+r3DaAzHjX
    ZY6wXJA8JNusfuM+ULUtLnMcOFoi81Uc9aEcyJcPNhsdQcdMuKi8PwCn6/MO0d6c
    JdA7Vji3LZrgcHLDkynv4djFbHWMRgNnIHcFs6SG+/zmP+hiktirMMyrLqWsJg0S
    9Cobj4+kh3HzfZmidMHjq9FwSQKBgQDnUxs3IUS9nmtel09hgalCj8BT6jyfooEX
    0uioZ1o2PRqLbiURAER6Ua+qZH7GxvjS+XM5pp81H/QlWo9DfpCGoT/gHsarAAYr
    A9zUxAz9zb/hcJ0geQYcJ8p+kLLr0RC+AaFOk8zN9F6ixjEBf5Bjbh44EM/l2hxH
    +UHJPMlddwKBgC1U/cbdZBTgkJ1QZq/XmrUijJnWsk3PyqOFSMcdGYmKSgb5tfbA
    IKJtTatbSB1LwyCIbUNmxF+hvyZ3p6zsy31yZmICx37J3Hy7L2RVpkBXGhCCvCr3
    HZTSqH4nL+keuJrfqomTE/oJP8SiPsunl9fVbVODkYVav21BZbgpaojBAoGBAOZH
    pCsgkkbVovs6U8q0giQB6Ktg3lLoOezWh8fFg1fFQlyVHI8tHf5KvT455r7JKsET
    lLJKfekr0ycwXLgLEaMEeQsKeCmYz4sYwEiKlog+v4qUScce04dJ0Vpnf8YjjLAp
    /UO0/Mf2QhN2iyh7rehdofWcPuoJU+gOaYAEZE0HAoGBAN2480XJGLy4/hyr9Pd0
    6nCzeus1gLhy+LwDJ5ftudK3i4NnEsPitD2IQpOIXHhd1hxvR5TJwp67HIVFE341
    eVHvA2Mtf9mj9FGZf9rivF83CQSWGfUOGY0gocWAyCrimEyNfsakaDkncQAUYqr0
    D/cDdrJXIbGPRPELR/CTQfzl
    -----END PRIVATE KEY-----
    """
}
