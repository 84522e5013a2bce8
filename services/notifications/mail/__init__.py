"""Mail: notices as messages in Vietnamese, and the one SMTP server that takes them."""
